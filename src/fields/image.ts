/** What an image's name says. */

/** Without tag and digest: `registry.local:5000/team/app:v1` is `registry.local:5000/team/app`. */
export function repositoryOf(image: string): string {
  const [name = ""] = image.split("@", 1);
  const tag = name.indexOf(":", name.lastIndexOf("/") + 1);
  return tag < 0 ? name : name.slice(0, tag);
}

/** Falco's: up to the first colon, a registry's port included. */
export function falcoRepositoryOf(image: string): string {
  return image.split(":", 1)[0]!.split("@", 1)[0]!;
}
