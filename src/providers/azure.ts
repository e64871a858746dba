import { wrong } from "../errors.ts";
import { field } from "./authorize.ts";
import type { Place, Provider } from "../public.ts";

/** `azure-openai/{resource}/{deployment}/…?api-version=`: the resource is part of the host. */
export const azureOpenai: Provider = {
  base: "https://{resource}.openai.azure.com/openai/deployments",
  locate: takeResource,
  authorize: field("api-key"),
  usageOnRequest: takesStreamOptions,
};

/** `azure/{resource}/anthropic/v1/messages`: models of other makers on Azure. */
export const azure: Provider = {
  base: "https://{resource}.services.ai.azure.com",
  locate: takeResource,
  authorize: field("api-key"),
};

function takeResource(path: string): Place {
  const [, resource, rest] = /^([^/]+)\/(.+)$/.exec(path) ?? [];
  if (!resource || !rest) {
    throw wrong("endpoint", "{resource}/… in an Azure path");
  }
  return { path: rest, parts: { resource } };
}

/** Versions before this one refuse `stream_options`; what has no date is newer. */
const STREAM_OPTIONS = "2024-09-01";

function takesStreamOptions(url: string): boolean {
  const [, date] = /[?&]api-version=(\d{4}-\d\d-\d\d)/.exec(url) ?? [];
  return date === undefined || date >= STREAM_OPTIONS;
}
