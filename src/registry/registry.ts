// Names for running components: who is needed is looked up by name, and found only while it runs. It starts nothing,
// watches nothing else, and remembers nobody who has ended.
import { AlreadyRegisteredError, NotRegisteredError } from "../errors.ts";
import type { Component } from "../supervisor/component.ts";

interface Entry {
  readonly component: Component;
}

/**
 * A name, and the type of what is found under it. Make each key once, as a constant: what is entered under one key is
 * found with it alone, which is what makes a look-up typed without a cast.
 */
export interface RegistryKey<Handle extends object> {
  readonly name: string;
  /** For the registry alone. */
  readonly handles: WeakMap<Entry, Handle>;
}

/** A key for a component of which there is one. */
export function registryKey<Handle extends object>(name: string): RegistryKey<Handle> {
  return { name, handles: new WeakMap() };
}

/** Keys for components of one kind, named `kind:id`: make the function once and call it wherever a key is needed. */
export function registryKeys<Handle extends object>(
  kind: string,
): (id: string | number | bigint) => RegistryKey<Handle> {
  const handles = new WeakMap<Entry, Handle>();
  return (id) => ({ name: `${kind}:${id}`, handles });
}

export class Registry {
  readonly #entries = new Map<string, Entry>();

  /**
   * Enters `handle` until `component` exits, whatever the reason. To be called in the `start` of a child spec: this
   * reaction to `exited` then comes before the supervisor's, so that the name is free when the child is restarted.
   *
   * @throws {AlreadyRegisteredError} the name has a holder, which `find` gives; `component` is killed, since its
   *   start has failed and nobody else would end it
   */
  register<Handle extends object>(
    key: RegistryKey<Handle>,
    component: Component,
    handle: Handle,
  ): void {
    const { name, handles } = key;
    const held = this.#entries.get(name);
    if (held !== undefined) {
      component.kill();
      const message = `${name} is already registered, and its holder is running`;
      throw new AlreadyRegisteredError(message, held.component);
    }
    const entry: Entry = { component };
    this.#entries.set(name, entry);
    handles.set(entry, handle);
    void component.exited.then(() => this.#entries.delete(name));
  }

  /** The handle of the current run, or nothing. Look up again rather than keep it: the next run has another one. */
  find<Handle extends object>({ name, handles }: RegistryKey<Handle>): Handle | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (handles.has(entry)) return handles.get(entry);
    throw new NotRegisteredError(
      `${name} is registered under another key of that name: make a key once`,
    );
  }

  /** @throws {NotRegisteredError} nobody runs under that name */
  get<Handle extends object>(key: RegistryKey<Handle>): Handle {
    const handle = this.find(key);
    if (handle === undefined) throw new NotRegisteredError(`${key.name} is not running`);
    return handle;
  }

  /** Names with a running holder, in the order they were entered. */
  names(): readonly string[] {
    return [...this.#entries.keys()];
  }
}
