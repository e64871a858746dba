import * as v from "valibot";
import { plainSlug } from "../plain-slug.ts";
import { check } from "./check.ts";
import {
  changedProvider,
  type CustomFields,
  customQuery,
  customSlug,
  newProvider,
  shownProvider,
} from "./custom-schema.ts";
import type { Inner } from "./inner.ts";
import { paginate } from "./paging.ts";
import { Refusal } from "./refusal.ts";
import { type Route, route } from "./route.ts";
import type { CustomProvider, ProviderConfig, StoredSettings } from "./stored.ts";
import type { Swap } from "./swap.ts";

/** What these routes need. */
export interface CustomProvidersOptions {
  readonly swap: Swap;
  readonly forget: Inner["forget"];
  /** Slugs that are not to be had. */
  readonly taken: ReadonlySet<string>;
}

/** Makes, shows, changes and deletes providers; what was kept of their answers goes with them. */
export function customProviderRoutes({ swap, forget, taken }: CustomProvidersOptions): readonly Route[] {
  function find(id: string, { providers }: StoredSettings): CustomProvider {
    const found = providers.find((one) => one.id === id);
    if (!found) throw new Refusal("no_provider", "Custom provider not found");
    return found;
  }

  function checkSlug(own: CustomProvider, { providers }: StoredSettings): void {
    const { slug, id } = own;
    if (taken.has(slug) || providers.some((other) => other.slug === slug && other.id !== id)) {
      throw new Refusal("slug_taken", [{
        message: "slug: A provider of this slug exists",
        path: ["body", "slug"],
      }]);
    }
  }

  return [
    route({
      method: "GET",
      path: "/custom-providers",
      summary: "Lists custom providers by position, then name",
      query: customQuery,
      result: v.array(shownProvider),
      async answer({ query }) {
        const { search, enable, beta } = query;
        const found = (await swap.stored()).providers.filter((one) =>
          [one.id, one.name, one.slug].some((text) => text.toLowerCase().includes(search.toLowerCase())) &&
          (enable === undefined || String(one.enable) === enable) &&
          (beta === undefined || String(one.beta) === beta)
        );
        return paginate(found.toSorted(byPlace), query);
      },
    }),
    route({
      method: "POST",
      path: "/custom-providers",
      summary: "Makes a custom provider; requests reach it as custom-{slug} once it is enabled",
      body: newProvider,
      result: shownProvider,
      async answer({ body }) {
        const slug = checkedSlug(body);
        const now = new Date().toISOString();
        const made = { ...body, slug, id: crypto.randomUUID(), created_at: now, modified_at: now };
        await swap.change((stored) => {
          checkSlug(made, stored);
          return { providers: [...stored.providers, made] };
        });
        await forget([slug]); // The store may have failed when an earlier one was deleted.
        return { result: made };
      },
    }),
    route({
      method: "GET",
      path: "/custom-providers/{provider}",
      summary: "Shows a custom provider",
      result: shownProvider,
      async answer({ parts }) {
        return { result: find(parts["provider"]!, await swap.stored()) };
      },
    }),
    route({
      method: "PATCH",
      path: "/custom-providers/{provider}",
      summary: "Changes a custom provider; what is left out stays as it is",
      body: changedProvider,
      result: shownProvider,
      async answer({ parts, body }) {
        if (body.slug !== undefined) checkedSlug({ slug: body.slug });
        let result: unknown;
        let slugs: readonly string[] = [];
        await swap.change((stored) => {
          const before = find(parts["provider"]!, stored);
          const after = { ...before, ...body, modified_at: new Date().toISOString() };
          checkSlug(after, stored);
          result = after;
          slugs = [before.slug, after.slug];
          return {
            providers: stored.providers.map((one) => one === before ? after : one),
            keys: stored.keys.map((key) =>
              isFor(key, before) ? { ...key, provider_slug: `custom-${after.slug}` } : key
            ),
          };
        });
        await forget(slugs);
        return { result };
      },
    }),
    route({
      method: "DELETE",
      path: "/custom-providers/{provider}",
      summary: "Deletes a custom provider and its keys",
      result: shownProvider,
      async answer({ parts }) {
        let result: CustomProvider | undefined;
        await swap.change((stored) => {
          const gone = find(parts["provider"]!, stored);
          result = gone;
          return {
            providers: stored.providers.filter((one) => one !== gone),
            keys: stored.keys.filter((key) => !isFor(key, gone)),
          };
        });
        await forget([result!.slug]);
        return { result };
      },
    }),
  ];
}

/** A wrong slug has a number of its own. */
function checkedSlug({ slug }: Pick<CustomFields, "slug">): string {
  return check(v.object({ slug: customSlug }), { slug }, "body", "bad_slug").slug;
}

/** Keys go where their provider goes, so that none ever opens another one of the same name. */
function isFor(key: ProviderConfig, { slug }: CustomProvider): boolean {
  return plainSlug(key.provider_slug) === slug;
}

function byPlace(one: CustomProvider, other: CustomProvider): number {
  const { position: first = 0, name } = one;
  const { position: second = 0 } = other;
  return first - second || name.localeCompare(other.name);
}
