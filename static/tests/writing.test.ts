import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Unnumbered } from "../src/api/shapes";
import { closeWritings, fit, openWritings, type Rules, writing } from "../src/form/writing";
import { words } from "../src/words";

/** A text of the record: it knows commands by their id, and refuses whoever did not see what it says now. */
class Server {
  text = "";
  revision = 0;
  away = false;
  /** The command is carried out, and its answer lost on the way. */
  deaf = false;
  sent: { id: string; text: string; revision: number }[] = [];
  private readonly answered = new Set<string>();
  private gate: Promise<void> | null = null;
  private open = (): void => undefined;

  hold(): void {
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  letGo(): void {
    this.open();
    this.gate = null;
  }

  async take(body: { id: string; text: string; revision: number }): Promise<Response> {
    await this.gate;
    if (this.away) throw new TypeError("no route");
    this.sent.push(body);
    if (!this.answered.has(body.id)) {
      if (body.text !== this.text && body.revision !== this.revision) {
        const problem = { type: "/problems/edited_meanwhile", detail: "changed", text: this.text, revision: this.revision, by: "other" };
        return new Response(JSON.stringify(problem), { status: 409, headers: { "Content-Type": "application/problem+json" } });
      }
      if (body.text !== this.text) this.write(body.text);
      this.answered.add(body.id);
    }
    if (this.deaf) throw new TypeError("cut");
    return new Response("{}", { headers: { "Content-Type": "application/json" } });
  }

  write(text: string): void {
    this.text = text;
    this.revision += 1;
  }
}

const RULES: Rules = {
  path: "/api/cycles/c/commands", longest: 5000, required: false,
  command: (text, revision) => ({ type: "write_plan", field: "goal", text, revision }) as Unnumbered,
};
const SHELF = "c.goal";

let server: Server;
let stored: Map<string, string>;
// One for all: the module listens once, as it does in a page.
const events = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  stored = new Map();
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => server.take(JSON.parse(String(init.body))));
  vi.stubGlobal("localStorage", storage());
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
  vi.stubGlobal("document", { visibilityState: "visible", addEventListener: events.addEventListener.bind(events) });
  openWritings("me");
});

afterEach(() => {
  closeWritings();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function storage(): object {
  // As the browser's: what is kept are the object's own keys.
  return new Proxy({}, {
    get: (_, name) => ({
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    })[String(name)],
    ownKeys: () => [...stored.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

function field(shelf = SHELF, rules = RULES) {
  const own = writing(shelf);
  own.follow(rules);
  own.stands({ text: server.text, revision: server.revision });
  return own;
}

const quiet = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2_000);
const long = (): Promise<unknown> => vi.advanceTimersByTimeAsync(120_000);
const kept = (): string | undefined => stored.get(`farfield.text.me.${SHELF}`);

describe("a text that both write", () => {
  it("is saved once its writer pauses, and kept on the device until then", async () => {
    const own = field();
    own.type("to");
    own.type("together");
    expect(kept()).toContain("together");
    expect(server.sent).toEqual([]);

    await quiet();

    expect(server.sent.map(({ text }) => text)).toEqual(["together"]);
    expect(kept()).toBeUndefined();
    expect(own.says.value).toBe(words.written.saved);
  });

  it("is saved at once when its writer goes elsewhere", async () => {
    const own = field();
    own.type("x");
    own.soon();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.text).toBe("x");
  });

  it("keeps the space at the end under the hand that goes on writing", async () => {
    const own = field();
    own.type("hello ");
    await quiet();
    own.stands({ text: server.text, revision: server.revision });

    expect(server.text).toBe("hello");
    expect(own.text.value).toBe("hello ");
  });

  it("waits for the connection and goes then, under one id", async () => {
    const own = field();
    server.away = true;
    own.type("offline");
    await quiet();
    expect(own.says.value).toBe(words.written.kept);
    server.away = false;
    server.deaf = true;
    await long();
    server.deaf = false;
    events.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);

    expect(server.revision).toBe(1);
    expect(new Set(server.sent.map(({ id }) => id)).size).toBe(1);
    expect(server.sent.length).toBeGreaterThan(1);
    expect(kept()).toBeUndefined();
  });

  it("is nobody else's change when the answer was lost and the writer typed on", async () => {
    const own = field();
    server.deaf = true;
    own.type("one");
    await quiet();
    own.type("one two");
    server.deaf = false;
    await long();

    expect(server.text).toBe("one two");
    expect(own.theirs.value).toBeNull();
  });

  it("takes along what was typed while a save was under way", async () => {
    const own = field();
    server.hold();
    own.type("one");
    await quiet();
    own.type("one two");
    await quiet();
    server.letGo();
    await quiet();

    expect(server.sent.map(({ text, revision }) => [text, revision])).toEqual([["one", 0], ["one two", 1]]);
    expect(own.text.value).toBe("one two");
    expect(kept()).toBeUndefined();
  });

  it("goes out after its field has left the screen, also what was typed during a save", async () => {
    const own = field();
    server.hold();
    own.type("one");
    await quiet();
    own.type("one two");
    own.leave();
    server.letGo();
    await quiet();

    expect(server.text).toBe("one two");
    expect(kept()).toBeUndefined();
  });

  it("goes out from another page after a reload, without its field", async () => {
    server.away = true;
    field().type("later");
    await quiet();
    closeWritings();
    server.away = false;

    openWritings("me");
    await quiet();

    expect(server.text).toBe("later");
    expect(kept()).toBeUndefined();
  });

  it("stays on the device when its writer signs out during a save that fails", async () => {
    const own = field();
    server.hold();
    own.type("mine");
    await quiet();
    server.away = true;
    closeWritings();
    own.leave();
    server.letGo();
    server.away = true;
    await long();
    server.away = false;
    await long();
    expect(server.sent).toEqual([]);
    expect(kept()).toContain("mine");

    openWritings("me");
    await quiet();

    expect(server.text).toBe("mine");
  });

  it("is never sent under somebody else's name", async () => {
    server.away = true;
    field().type("mine");
    await quiet();
    server.away = false;

    openWritings("you");
    field();
    await long();

    expect(server.sent).toEqual([]);
    expect(writing(SHELF).text.value).toBe("");
    expect(kept()).toContain("mine");
  });

  it("shows what somebody else wrote meanwhile, and lets the writer keep theirs", async () => {
    const own = field();
    own.type("mine");
    server.write("other");
    await quiet();
    expect(own.theirs.value).toEqual({ text: "other", revision: 1 });
    expect(own.text.value).toBe("mine");
    server.write("other again");
    own.stands({ text: "other again", revision: 2 });
    expect(own.theirs.value).toEqual({ text: "other again", revision: 2 });

    own.settle("mine");
    await quiet();

    expect([server.text, server.revision]).toEqual(["mine", 3]);
  });

  it("lets the writer take the other one's, or keep both", async () => {
    const own = field();
    own.type("mine");
    server.write("other");
    await quiet();
    own.settle("theirs");
    expect([own.text.value, kept()]).toEqual(["other", undefined]);

    own.type("mine");
    server.write("third");
    await quiet();
    own.settle("both");
    await quiet();

    expect(server.text).toBe("third\n\nmine");
  });

  it("goes over the same words at a later revision without asking", async () => {
    server.write("base");
    const own = field();
    own.type("base and more");
    server.write("else");
    server.write("base");
    await quiet();

    expect([server.text, own.theirs.value]).toEqual(["base and more", null]);
  });

  it("shows the newer text of somebody else that came while a save was under way", async () => {
    const own = field();
    server.hold();
    own.type("mine");
    await quiet();
    own.stands({ text: "mine", revision: 1 });
    own.stands({ text: "other, over mine", revision: 2 });
    server.letGo();
    await quiet();

    expect(own.text.value).toBe("other, over mine");
  });

  it("is one text in two tabs", async () => {
    const own = field();
    own.type("begun here");
    // The other tab types on.
    const there = JSON.parse(kept() ?? "") as { text: string; id: string };
    const typed = JSON.stringify({ ...there, text: "begun here, gone on there", id: "01900000-0000-7000-8000-000000000001" });
    elsewhere(typed);
    expect(own.text.value).toBe("begun here, gone on there");
    await quiet();
    expect(server.sent).toEqual([]);

    // And saves it; before the event of it is here, this one types on.
    server.write("begun here, gone on there");
    elsewhere(null);
    own.type("begun here, gone on there, and here");
    await quiet();

    expect(server.text).toBe("begun here, gone on there, and here");
    expect(own.theirs.value).toBeNull();
  });

  it("saves for a tab that is gone", async () => {
    const own = field();
    own.type("begun here");
    elsewhere(JSON.stringify({ ...JSON.parse(kept() ?? ""), text: "gone on there" }));
    await vi.advanceTimersByTimeAsync(20_000);

    expect(server.sent.length).toBe(1);
    expect(own.text.value).toBe("gone on there");
  });

  it("says when it is too long, and sends it once it is not", async () => {
    const own = field();
    own.type("x".repeat(5001));
    await quiet();
    expect(own.says.value).toBe(words.written.tooLong(5001, 5000));
    expect(server.sent).toEqual([]);
    expect(kept()).toBeDefined();

    own.type("😀".repeat(5000));
    await quiet();

    expect(server.text).toBe("😀".repeat(5000));
  });

  it("does not send an empty one where that says nothing", async () => {
    server.write("a question");
    const own = field(SHELF, { ...RULES, required: true });
    own.type(" ");
    await quiet();
    expect([server.sent.length, own.says.value]).toEqual([0, words.written.empty]);
  });

  it("sends nothing that was written and taken back", async () => {
    server.write("as it was");
    const own = field();
    own.type("as it was!");
    own.type("as it was");
    await quiet();
    expect([server.sent.length, kept()]).toEqual([0, undefined]);
  });
});

describe("fit", () => {
  it.each([
    ["  one\r\ntwo\rthree  ", "one\ntwo\nthree"],
    ["a soft\u000breturn", "a soft\nreturn"],
    ["hid\u0000den\u0007 \u009f", "hidden"],
    ["مرحبا \u200fשלום 👩🏽‍🏫", "مرحبا \u200fשלום 👩🏽‍🏫"],
    ["half \ud83d", "half"],
  ])("%j", (typed, kept) => expect(fit(typed)).toBe(kept));
});

function elsewhere(newValue: string | null): void {
  const key = `farfield.text.me.${SHELF}`;
  if (newValue === null) stored.delete(key);
  else stored.set(key, newValue);
  events.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
}
