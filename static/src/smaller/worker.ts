import { type Answer, type Ask, type Film, type Aim, NotMade } from "./film";

/** One question to the worker that reads films. Ends it afterwards, or at once when `signal` aborts; throws NotMade. */
export function ask<Says extends Answer["says"]>(
  question: Ask, says: Says, signal: AbortSignal, moved: (done: number) => void = () => undefined,
): Promise<Extract<Answer, { says: Says }>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new NotMade("broke"));
    const worker = new Worker(new URL("./film.worker.ts", import.meta.url), { type: "module" });
    const end = (): void => {
      signal.removeEventListener("abort", stopped);
      worker.terminate();
    };
    const stopped = (): void => {
      end();
      reject(new NotMade("broke"));
    };
    signal.addEventListener("abort", stopped);
    worker.onerror = stopped;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.says === "moved") return moved(data.done);
      end();
      if (data.says === "refused") reject(new NotMade(data.why));
      else if (data.says === says) resolve(data as Extract<Answer, { says: Says }>);
      else reject(new NotMade("broke"));
    };
    worker.postMessage(question);
  });
}

export const look = async (file: File, signal: AbortSignal): Promise<Film> => (await ask({ do: "look", file }, "looked", signal)).film;

export const tryOut = async (file: File, aim: Aim, signal: AbortSignal): Promise<number> =>
  (await ask({ do: "try", file, aim }, "tried", signal)).speed;
