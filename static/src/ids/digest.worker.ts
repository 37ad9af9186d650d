import { Sha256, toHex } from "./sha256";

interface Scope {
  onmessage: ((message: MessageEvent<{ id: number; bytes: ArrayBuffer }>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}
const scope = self as unknown as Scope;

scope.onmessage = ({ data: { id, bytes } }) => {
  const hex = toHex(new Sha256().update(new Uint8Array(bytes)).digest());
  scope.postMessage({ id, hex, bytes }, [bytes]);
};
