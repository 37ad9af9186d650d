import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { fragment } from "../app/router";

/** What people opened or folded by hand stays so, whatever happens in the cycle and wherever they go on this page. */
const byHand = signal<Record<string, boolean>>({});

interface Props {
  /** Unique for the cycle. */
  name: string;
  cycle: string;
  title: string;
  /** What is in it, in one line; read while it is folded. */
  line: ComponentChildren;
  mark?: string | null | undefined;
  /** It is what the cycle is about now. */
  here: boolean;
  onOpen?: (open: boolean) => void;
  children: ComponentChildren;
}

/** A page of the notebook: open while the cycle is at it, one line otherwise. `/cycles/…#name` opens it too. */
export function Part({ name, cycle, title, line, mark, here, onOpen, children }: Props) {
  const key = `${cycle}.${name}`;
  const open = byHand.value[key] ?? (here || fragment.value === name);
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (fragment.value === name) element.current?.scrollIntoView({ block: "start" });
  }, [fragment.value, name]);
  useEffect(() => onOpen?.(open), [open]);
  return (
    <details
      class={`card part ${here ? "here" : ""}`} id={`part-${name}`} ref={element} open={open}
      onToggle={({ currentTarget, target }) => {
        if (target === currentTarget && currentTarget.open !== open) byHand.value = { ...byHand.value, [key]: currentTarget.open };
      }}
    >
      <summary>
        <h2>{title}</h2>
        {mark && <span class="tag new">{mark}</span>}
        {!open && <span class="quiet one-line" dir="auto">{line}</span>}
      </summary>
      <div class="inside">{children}</div>
    </details>
  );
}
