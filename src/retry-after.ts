/** What `retry-after-ms` or `retry-after` asks for, in ms. @see RFC 9110, section 10.2.3 */
export function readRetryAfter(headers: Headers): number | undefined {
  const precise = headers.get("retry-after-ms");
  if (precise && /^\d+(\.\d+)?$/.test(precise)) return Number(precise);
  const asked = headers.get("retry-after");
  if (!asked) return undefined;
  if (/^\d+(\.\d+)?$/.test(asked)) return Number(asked) * 1000;
  const date = /^[A-Z][a-z]{2,8}, ?\d\d[ -]/.test(asked) ? Date.parse(asked) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(date - Date.now(), 0);
}
