/**
 * Lets a class pass for a web-standard one: what it does not have itself is answered by a whole object, which is built when
 * somebody asks for it.
 *
 * @param own what each of its objects has besides the class's own
 */
export function passFor<Web extends object>(
  { prototype }: { readonly prototype: { readonly whole: Web } },
  web: { readonly prototype: Web },
  own: readonly (keyof Web)[],
): void {
  for (const name of Object.getOwnPropertyNames(web.prototype) as (keyof Web)[]) {
    if (name in prototype || own.includes(name)) continue;
    Object.defineProperty(prototype, name, {
      get(this: { readonly whole: Web }) {
        const value: unknown = this.whole[name];
        return typeof value === "function" ? value.bind(this.whole) : value;
      },
    });
  }
  Object.setPrototypeOf(prototype, web.prototype);
}
