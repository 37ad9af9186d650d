import { type Answer, type Ask, NotMade, type Why } from "./film";
import { drop, full } from "./shelf";

interface Scope {
  onmessage: ((message: MessageEvent<Ask>) => void) | null;
  postMessage(answer: Answer): void;
}
const scope = self as unknown as Scope;
const moved = (done: number): void => scope.postMessage({ says: "moved", done });

/** One thing at a time; whoever wants it to stop ends the worker. */
scope.onmessage = ({ data }) => {
  void answer(data).then((said) => scope.postMessage(said));
};

async function answer(ask: Ask): Promise<Answer> {
  try {
    switch (ask.do) {
      case "look": return { says: "looked", film: await (await import("./look")).look(ask.file) };
      case "try": return { says: "tried", speed: await (await import("./shrink")).tryOut(ask.file, ask.aim) };
      case "shrink": await (await import("./shrink")).shrink(ask, moved); break;
      case "lift": await (await import("../sound/lift")).lift(ask, moved); break;
    }
    return { says: "made" };
  } catch (error) {
    if ("shelf" in ask) await drop(ask.shelf).catch(() => undefined);
    return { says: "refused", why: reason(error) };
  }
}

function reason(error: unknown): Why {
  if (error instanceof NotMade) return error.why;
  return full(error) ? "full" : "broke";
}
