/** The request behind an audit event, as the policy saw it when the request came. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { requestUri } from "../domain/request-uri.ts";
import type { PolicyRequest } from "./policy.ts";

export function requestOf(event: AuditEvent): PolicyRequest {
  const said = (...path: readonly string[]) => event.at(...path)?.text() ?? "";
  const name = said("user", "username");
  const groups = event.at("user", "groups")?.elements() ?? [];
  const verb = said("verb");
  const resource = said("objectRef", "resource");
  const subresource = said("objectRef", "subresource");
  // The event learned these from the body or the answer; the URL of a create has no name (reference 04 §5.2).
  const isNameless = verb === "create" && subresource === "";
  return {
    // A failed login has `user: {}`.
    ...(name === "" ? {} : { user: { name, groups: groups.map((group) => group.text()) } }),
    verb,
    path: requestUri(said("requestURI")).path,
    ...(resource === ""
      ? {}
      : {
          resource: {
            group: said("objectRef", "apiGroup"),
            resource,
            subresource,
            namespace: isNameless && resource === "namespaces" ? "" : said("objectRef", "namespace"),
            name: isNameless ? "" : said("objectRef", "name"),
          },
        }),
  };
}
