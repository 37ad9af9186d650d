import { Problem, problemFrom, unreachable } from "../api/problem";
import { hexToBase64 } from "../ids/sha256";

interface PutOptions {
  /** Bytes handed to the network so far. They may still sit in a buffer of this device. */
  onHanded(bytes: number): void;
  /** All of them are. */
  onOver(): void;
  /** Milliseconds without any movement that mean a dead connection: while bytes are handed over, and after that. */
  silence: number;
  answer: number;
  signal: AbortSignal;
}

/**
 * Sends one block; resolves when the store has it: true if it had it before. Throws a `Problem`.
 * XHR, because fetch tells nothing of how far a body has gone.
 */
export function putBlock(upload: string, offset: number, bytes: ArrayBuffer, sha256: string, options: PutOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    const end = (problem: Problem | null): void => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", abort);
      if (problem) reject(problem);
      else resolve(request.status === 412);
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
      wait(options.silence);
    };
    request.upload.onload = () => {
      wait(options.answer);
      options.onOver();
    };
    request.onload = () => end(judge(request));
    request.onerror = () => end(unreachable());
    request.open("PUT", `/media/uploads/${upload}/${offset}-${offset + bytes.byteLength}`);
    request.setRequestHeader("x-amz-checksum-sha256", hexToBase64(sha256));
    options.signal.addEventListener("abort", abort);
    wait(options.silence);
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
