/** What lets our own style elements through the content policy: the server writes a new one into each page. */
export const nonce: string = document.querySelector<HTMLMetaElement>('meta[name="tiercel-nonce"]')?.content ?? "";
