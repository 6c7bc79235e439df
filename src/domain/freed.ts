/**
 * Memory given back when we know that nobody reads it any more. The collector of garbage frees it too, but it counts memory that
 * is not its own: after every 64 MB of it, a few dozen batches, it goes through all objects of the program to find some freed.
 */

/**
 * Frees all memory behind a view, at once: this view and any other of the same memory are empty from then on. What the runtime
 * has cut from its own pool of small buffers stays as it is: that is guarded by the runtime, and counts for nothing.
 */
export function free({ buffer }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer)) return;
  try {
    buffer.transfer(0);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** The same where the view is all of its memory, so that nobody else's can stand there; else nothing is done. */
export function freeWhole(view: Uint8Array): void {
  if (view.byteLength === view.buffer.byteLength) free(view);
}
