/** A slug without `custom-`: with it, it is another name of the same provider. */
export function plainSlug(slug: string): string {
  return slug.replace(/^custom-/, "");
}
