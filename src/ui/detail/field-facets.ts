/** Which output fields are facets of a list by another name, so that a click on their value filters. */

export interface FieldFacet {
  readonly facet: string;
  readonly list: "detections" | "activities";
}

const detections: Readonly<Record<string, string>> = {
  "ka.user.name": "user",
  "ka.verb": "verb",
  "ka.target.namespace": "namespace",
  "ka.target.name": "name",
  "ka.target.resource": "resource",
  "ka.sourceip.last": "sourceIP",
  "ka.useragent": "userAgent",
  "ka.cluster.name": "cluster",
};
const activities: Readonly<Record<string, string>> = {
  "ka.impuser.name": "impersonatedUser",
  "ka.response.code": "code",
  "ka.level": "level",
};

export function facetOfField(field: string): FieldFacet | undefined {
  if (Object.hasOwn(detections, field)) return { facet: detections[field] ?? "", list: "detections" };
  if (Object.hasOwn(activities, field)) return { facet: activities[field] ?? "", list: "activities" };
  return undefined;
}

/** An output field's value as texts: several where it is a list; none where the event had none. */
export function fieldTexts(value: unknown): readonly string[] {
  if (value === null || value === undefined || value === "<NA>") return [];
  if (Array.isArray(value)) return value.flatMap(fieldTexts);
  return [typeof value === "string" ? value : JSON.stringify(value)];
}
