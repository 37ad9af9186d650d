import { signal } from "@preact/signals";

/** Somebody has just joined and has no password yet: home offers once to set one. `mail`: a mailed link brings them back too. */
export const justJoined = signal<{ mail: boolean } | null>(null);
