/** Writes one recording into the browser's private folder, and reads from it while it still grows. */

interface Handle {
  write(bytes: ArrayBuffer, at: { at: number }): number;
  read(into: Uint8Array, at: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
export type Order =
  | { id: number; do: "open"; file: string }
  | { id: number; do: "append"; bytes: ArrayBuffer }
  | { id: number; do: "read"; offset: number; end: number }
  | { id: number; do: "close" };
export type Answer = { id: number; bytes?: ArrayBuffer; size?: number; error?: string };

interface Scope {
  onmessage: ((message: MessageEvent<Order>) => void) | null;
  postMessage(message: Answer, transfer?: Transferable[]): void;
}
const scope = self as unknown as Scope;
let handle: Handle | null = null;
let size = 0;

async function obey(order: Order): Promise<Answer> {
  const { id } = order;
  if (order.do === "open") {
    const entry = await (await navigator.storage.getDirectory()).getFileHandle(order.file, { create: true });
    handle = await (entry as unknown as { createSyncAccessHandle(): Promise<Handle> }).createSyncAccessHandle();
    handle.truncate(0);
    return { id, size: (size = 0) };
  }
  if (!handle) throw new Error("not open");
  if (order.do === "append") {
    const { bytes } = order;
    try {
      if (handle.write(bytes, { at: size }) !== bytes.byteLength) throw new DOMException("", "QuotaExceededError");
      // On the disk before anybody counts on it: a crash, or an empty battery, takes only what comes after.
      handle.flush();
    } catch (error) {
      handle.truncate(size); // half a piece is no piece
      throw error;
    }
    return { id, size: (size += bytes.byteLength) };
  }
  if (order.do === "read") {
    const into = new Uint8Array(order.end - order.offset);
    const got = handle.read(into, { at: order.offset });
    return { id, bytes: into.buffer.slice(0, got) };
  }
  handle.flush();
  handle.close();
  handle = null;
  return { id, size };
}

scope.onmessage = ({ data }) => {
  obey(data).then(
    (answer) => scope.postMessage(answer, answer.bytes ? [answer.bytes] : []),
    (error: unknown) => scope.postMessage({ id: data.id, error: error instanceof Error || error instanceof DOMException ? error.name : "Error" }),
  );
};
