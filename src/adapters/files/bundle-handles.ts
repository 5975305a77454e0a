import { type FileHandle, open } from 'node:fs/promises';

/** Open files by path. */
export interface Handles {
  /** Does something with a file, which stays open at least that long. Throws what opening or `act` throws. */
  use<T>(path: string, act: (file: FileHandle) => Promise<T>): Promise<T>;
  /** Closes all of them, when what was begun with them has ended. Nothing can be used afterwards. */
  close(): Promise<void>;
}

interface Slot {
  readonly file: Promise<FileHandle>;
  users: number;
}

/** Keeps files open for the next use, no more than `most` of those that are not in use: a bundle can have many parts. */
export function openHandles(flags: string | number, most: number): Handles {
  const slots = new Map<string, Slot>();
  let closed = false;

  function slotOf(path: string): Slot {
    const slot = slots.get(path) ?? { file: open(path, flags, 0o666), users: 0 };
    // what was used last is the last to go
    slots.delete(path);
    slots.set(path, slot);
    return slot;
  }

  async function shrink(): Promise<void> {
    const idle = [...slots].filter(([, slot]) => slot.users === 0);
    for (const [path, slot] of idle.slice(0, Math.max(0, idle.length - most))) {
      slots.delete(path);
      await (await slot.file).close();
    }
  }

  return {
    async use(path, act) {
      if (closed) throw new RangeError(`${path} is no longer in use`);
      const slot = slotOf(path);
      slot.users += 1;
      try {
        return await act(await slot.file);
      } catch (error) {
        // one that could not be opened is tried again
        if (!(await isOpen(slot)) && slots.get(path) === slot) slots.delete(path);
        throw error;
      } finally {
        slot.users -= 1;
        if (slots.size > most) await shrink();
      }
    },
    async close() {
      closed = true;
      const all = [...slots.values()];
      slots.clear();
      for (const slot of all) if (await isOpen(slot)) await (await slot.file).close();
    },
  };
}

async function isOpen({ file }: Slot): Promise<boolean> {
  return file.then(
    () => true,
    () => false,
  );
}
