/** A lower-case UUIDv7: 48 bits of milliseconds, the rest random. @see RFC 9562, section 5.7 */
export function uuidv7(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
