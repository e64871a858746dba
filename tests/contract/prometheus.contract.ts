import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusMetrics } from "../../adapters/prometheus.ts";
import { checkMetrics, hasPromtool } from "../support/promtool.ts";
import { attempt, record } from "../support/record.ts";

const nasty = [
  'quo"te',
  "back\\slash",
  "line\nbreak",
  "tab\tand\rreturn",
  "\u0000",
  "\ud800",
  "é😀",
  '{a="b"} 1',
  "",
];

if (hasPromtool()) {
  test("promtool finds nothing wrong with the metrics, whatever a client wrote", () => {
    const metrics = prometheusMetrics({ callers: true });
    for (const name of nasty) {
      metrics.onEnd(record({ gateway: name, provider: name, model: name, caller: name }));
      metrics.onEnd(
        record({ model: name, status_code: 503, cost: 1e-9, waste: 1e21, cached: true, ttft: null }),
      );
      metrics.onEnd(record({ attempts: [attempt({ provider: name, result: "timeout" })] }));
    }
    assert.equal(checkMetrics(metrics.text()), "");
  });

  test("promtool finds nothing wrong before the first request", () => {
    assert.equal(checkMetrics(prometheusMetrics().text()), "");
  });

  test("promtool does find what is wrong", () => {
    assert.notEqual(checkMetrics('# TYPE a_total counter\na_total{model="a"b"} 1\n'), "");
    assert.notEqual(checkMetrics("# TYPE a counter\na 1\n"), "");
  });
}
