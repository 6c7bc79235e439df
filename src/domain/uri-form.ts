/**
 * An address without the namespace and the name that stand in columns of their own: many requests then share one. What is
 * left out is marked by characters that no address holds.
 */

const namespaceMark = "\u0001";
const nameMark = "\u0002";

/** Undefined for an address that holds a mark itself. */
export function uriForm(uri: string, namespace: string | null, name: string | null): string | undefined {
  if (uri.includes(namespaceMark) || uri.includes(nameMark)) return undefined;
  let form = uri;
  let from = 0;
  if (namespace !== null && namespace !== "") {
    const at = form.indexOf(`/namespaces/${namespace}`);
    const begin = at + "/namespaces/".length;
    if (at >= 0 && endsSegment(form, begin + namespace.length)) {
      form = form.slice(0, begin) + namespaceMark + form.slice(begin + namespace.length);
      from = begin;
    }
  }
  if (name !== null && name !== "") {
    const at = form.indexOf(`/${name}`, from) + 1;
    if (at > 0 && endsSegment(form, at + name.length))
      form = form.slice(0, at) + nameMark + form.slice(at + name.length);
  }
  return form;
}

const endsSegment = (text: string, at: number) => at === text.length || text[at] === "/" || text[at] === "?";

export function uriOf(form: string, namespace: string | null, name: string | null): string {
  return form.replace(namespaceMark, () => namespace ?? "").replace(nameMark, () => name ?? "");
}
