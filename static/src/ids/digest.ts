import { Sha256, toHex } from "./sha256";

/** Bytes with the SHA-256 (hex) of exactly these bytes. */
export interface Hashed { bytes: ArrayBuffer; sha256: string }

/** Hashes bytes off the main thread where the browser lets us; takes the buffer and hands it (or its moved twin) back. */
export async function digest(bytes: ArrayBuffer): Promise<Hashed> {
  if (globalThis.crypto?.subtle) {
    return { sha256: toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))), bytes };
  }
  const worker = theWorker();
  return worker ? inWorker(worker, bytes) : onThisThread(bytes);
}

let worker: Worker | null | undefined;
let next = 1;
const waiting = new Map<number, { resolve: (hashed: Hashed) => void; reject: (error: unknown) => void }>();

function theWorker(): Worker | null {
  if (worker !== undefined) return worker;
  try {
    worker = new Worker(new URL("./digest.worker.ts", import.meta.url), { type: "module" });
  } catch {
    worker = null;
    return null;
  }
  worker.onmessage = ({ data }: MessageEvent<{ id: number; hex: string; bytes: ArrayBuffer }>) => {
    waiting.get(data.id)?.resolve({ bytes: data.bytes, sha256: data.hex });
    waiting.delete(data.id);
  };
  worker.onerror = () => {
    // The script could not be loaded; whoever waits asks again, and from now on this thread does the work.
    worker = null;
    for (const { reject } of waiting.values()) reject(new Error("the hashing worker did not start"));
    waiting.clear();
  };
  return worker;
}

function inWorker(to: Worker, bytes: ArrayBuffer): Promise<Hashed> {
  return new Promise((resolve, reject) => {
    const id = next++;
    waiting.set(id, { resolve, reject });
    to.postMessage({ id, bytes }, [bytes]);
  });
}

/** A quarter MiB at a time with a breath between, so that the page still answers. */
async function onThisThread(bytes: ArrayBuffer): Promise<Hashed> {
  const hash = new Sha256();
  const all = new Uint8Array(bytes);
  for (let at = 0; at < all.length; at += 262144) {
    hash.update(all.subarray(at, at + 262144));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { sha256: toHex(hash.digest()), bytes };
}
