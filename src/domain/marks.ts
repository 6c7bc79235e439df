/**
 * Words without which redaction finds nothing, in a whole event as in a part of it. Letters written as escapes or in
 * percent-encoding could hide one, so these count as well; Go's encoder and ordinary URIs do not write letters so. Every
 * event of a cluster of today names its `credential-id`, and each of EKS an `accessKeyId`: ids, by which a stolen
 * credential is traced.
 */
export const marks =
  /secret|stringdata|token|passw|passphrase|pwd|api.?key|access.?key(?!_?id")|shared.?key|signing.?key|encryption.?key|private.?key|credential(?!-id")|bearer|authorization["'\\]{0,2}\s{0,8}[:=]|authorization%|eyJ|:(?:\\?\/){2}[^/?#\s]{0,1400}@|%3A%2F%2F|assertion|signature|[?&]sig=|[?&]key=|u0026(?:sig|key)=|jwt|\bauth=|\\u00[4-7]|%[4-7][0-9a-f]/i;
