/**
 * Sends one command and gives what Redis answers to it.
 *
 * @param command its name and its arguments, as text
 * @param key the one key that it touches, for clients of a cluster that ask for it
 */
export type RedisCommand = (command: readonly string[], key: string) => Promise<unknown>;

/** A client of your own, as far as it is used: one of ioredis, node-redis or Bun, or a function. */
export type RedisClient =
  | RedisCommand
  | { call(name: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(command: string[]): Promise<unknown> }
  | { send(name: string, args: string[]): Promise<unknown> };

/**
 * Tells the clients apart by what they can do; ioredis has a `sendCommand` of another kind, too.
 *
 * @param user who says so when it is no such client
 * @throws {TypeError} when it is no such client
 */
export function senderOf(client: RedisClient, user: string): RedisCommand {
  if (typeof client === "function") return client;
  if ("call" in client) return ([name = "", ...args]) => client.call(name, ...args);
  if ("sendCommand" in client) return (command) => client.sendCommand([...command]);
  if ("send" in client) return ([name = "", ...args]) => client.send(name, args);
  throw new TypeError(`${user}: Expected a client of ioredis, node-redis or Bun, or a function`);
}
