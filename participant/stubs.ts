// Connections to other processes, by address.

const stubsMax = 64

/** Stubs by address; the one that was used least lately is closed when there are too many. */
export class Stubs<Stub extends { close(): void }> {
  readonly #make: (address: string) => Stub
  readonly #stubs = new Map<string, Stub>()

  constructor(make: (address: string) => Stub) {
    this.#make = make
  }

  at(address: string): Stub {
    const stub = this.#stubs.get(address) ?? this.#make(address)
    this.#stubs.delete(address)
    this.#stubs.set(address, stub)
    for (const [oldest, unused] of this.#stubs) {
      if (this.#stubs.size <= stubsMax) break
      this.#stubs.delete(oldest)
      unused.close()
    }
    return stub
  }

  close(): void {
    for (const stub of this.#stubs.values()) stub.close()
    this.#stubs.clear()
  }
}
