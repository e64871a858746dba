/** The mock provider of short answers, and nginx as a proxy: the limit of what a proxy can do. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, folder } from "./processes.ts";

const answer = JSON.stringify({
  id: "chatcmpl-AbCdEf0123456789",
  object: "chat.completion",
  created: 1732240000,
  model: "gpt-4o-mini-2024-07-18",
  choices: [{
    index: 0,
    message: {
      role: "assistant",
      content: "The quick brown fox jumps over the lazy dog. ".repeat(14).trim(),
    },
    logprobs: null,
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 120, completion_tokens: 130, total_tokens: 250 },
  system_fingerprint: "fp_0123456789",
});
const refusal = JSON.stringify({ error: { message: "Down", type: "server_error", param: null, code: null } });

/** Answers every POST with a chat completion of 1 KB, and everything below `/down` with 503. */
export function mock(port: number): Command {
  return nginx(
    port,
    `server { listen 127.0.0.1:${port} backlog=4096;
  add_header x-request-id req_abc123 always; add_header openai-processing-ms 12 always;
  location /down { return 503 '${refusal}'; }
  location / { return 200 '${answer}'; } }`,
  );
}

/** The proxy of nginx before `up`. */
export function proxy(port: number, up: string): Command {
  return nginx(
    port,
    `upstream up { server ${new URL(up).host}; keepalive 128; keepalive_requests 1000000000; }
server { listen 127.0.0.1:${port} backlog=4096; client_max_body_size 0; proxy_buffering off;
  proxy_request_buffering off; client_body_buffer_size 64k;
  location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
  );
}

/** One process, without a master. At its default of 1000 requests a connection, proxies only reconnect. */
function nginx(port: number, servers: string): Command {
  const home = join(folder, `nginx-${port}`);
  mkdirSync(home);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
    `${name}_temp_path ${join(home, name)};`
  );
  writeFileSync(
    join(home, "nginx.conf"),
    `daemon off; master_process off; pid ${join(home, "pid")}; error_log stderr error;
events { worker_connections 4096; }
http { access_log off; default_type application/json; tcp_nodelay on; client_max_body_size 0;
keepalive_requests 1000000000; keepalive_timeout 300s; ${temporary.join(" ")}
${servers}
}
`,
  );
  return { program: "nginx", args: ["-e", "stderr", "-p", home, "-c", join(home, "nginx.conf")] };
}
