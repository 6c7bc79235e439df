/** What stands at `/` where the pages are not built: what runs here and where to ask. */

export function rootPage(version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tiercel</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark; }
code { font-size: 0.95em; }
</style>
</head>
<body>
<h1>Tiercel ${escaped(version)}</h1>
<p>This server takes Kubernetes audit events, judges them by Falco rules and keeps what they detect.
Its pages are not built: <code>npm run build</code> makes them. What it knows is also read through its API or with
<code>tiercel detections</code>.</p>
<ul>
<li><a href="/api/openapi.json">/api/openapi.json</a>: the API, described</li>
<li><code>/api/v1/detections</code>, <code>/api/v1/activities</code>, <code>/api/v1/sources</code>,
<code>/api/v1/quarantine</code>, <code>/api/v1/rules</code>: with <code>Authorization: Bearer TOKEN</code></li>
<li><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a></li>
</ul>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
