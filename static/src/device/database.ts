/** Asks the one store of a database of this browser; what was written is on the disk. Throws where there is none. */
export type Within = <T>(mode: "readonly" | "readwrite", ask: (store: IDBObjectStore) => IDBRequest<T>) => Promise<T>;

/** Opened for each question, so that no tab stands in the way of another. */
export function storeIn(name: string, store: string, keyed: IDBObjectStoreParameters = {}): Within {
  const open = (): Promise<IDBDatabase> => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => void asked.result.createObjectStore(store, keyed);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("no database"));
    asked.onblocked = () => reject(new Error("blocked"));
  });
  return async (mode, ask) => {
    const base = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = base.transaction(store, mode, { durability: mode === "readwrite" ? "strict" : "default" });
        const asked = ask(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error ?? asked.error ?? new Error("not kept"));
      });
    } finally {
      base.close();
    }
  };
}
