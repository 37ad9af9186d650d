import { Problem, problemFrom, unreachable } from "../api/problem";
import { hexToBase64 } from "../ids/sha256";

/** Silence that means a dead connection, while bytes are still being handed over. Shorter ones abort healthy transfers. */
const SILENCE_MS = 45_000;
const ANSWER_MS = 120_000;
const DEEP_BUFFER_BYTES = 3 * 4 * 1024 * 1024;

interface PutOptions {
  /** Bytes handed to the network so far. They may still sit in a buffer of this device. */
  onHanded(bytes: number): void;
  /** Bytes a second measured so far, for how long a full buffer may take to drain. */
  rate: number | null;
  signal: AbortSignal;
}

/**
 * Sends one block; resolves when the store has it (also when it had it before). Throws a `Problem`.
 * XHR, because fetch tells nothing of how far a body has gone.
 */
export function putBlock(upload: string, offset: number, bytes: ArrayBuffer, sha256: string, options: PutOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    const end = (problem: Problem | null): void => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", abort);
      if (problem) reject(problem);
      else resolve();
    };
    const abort = (): void => {
      request.abort();
      end(unreachable());
    };
    const wait = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    };
    request.upload.onprogress = (event) => {
      options.onHanded(event.loaded);
      wait(SILENCE_MS);
    };
    request.upload.onload = () => {
      options.onHanded(bytes.byteLength);
      wait(Math.max(ANSWER_MS, options.rate ? (DEEP_BUFFER_BYTES / options.rate) * 1000 : 0));
    };
    request.onload = () => end(judge(request));
    request.onerror = () => end(unreachable());
    request.open("PUT", `/media/uploads/${upload}/${offset}-${offset + bytes.byteLength}`);
    request.setRequestHeader("x-amz-checksum-sha256", hexToBase64(sha256));
    options.signal.addEventListener("abort", abort);
    wait(SILENCE_MS);
    request.send(bytes);
  });
}

function judge(request: XMLHttpRequest): Problem | null {
  const type = request.getResponseHeader("Content-Type") ?? "";
  // A log-in page of the Wi-Fi says 200 too; only it speaks HTML.
  if (request.status >= 200 && request.status < 300) return type.includes("html") ? problemFrom(200, type, "", null) : null;
  if (request.status === 412) return null;
  return problemFrom(request.status, type, request.responseText, request.getResponseHeader("Retry-After"));
}
