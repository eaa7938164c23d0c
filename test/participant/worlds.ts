// The worlds of one test file: each is closed after its test, and none may have met a fatal error.

import { afterAll, afterEach, expect } from '@jest/globals'
import { newFile, removeFiles, World, type WorldOptions } from './world.ts'

const worlds: World[] = []

export function newWorld(options: WorldOptions = {}): World {
  return closing(new World(newFile(), options))
}

/** Closes it after the test. */
export function closing(world: World): World {
  worlds.push(world)
  return world
}

/** The process of this world is killed and starts again. */
export function restarted(world: World): World {
  const index = worlds.indexOf(world)
  if (index >= 0) worlds.splice(index, 1)
  return closing(world.restart())
}

export function closeWorlds(): void {
  afterEach(() => {
    for (const world of worlds.splice(0)) {
      expect(world.environment.fatalErrors).toEqual([])
      world.close()
    }
  })
  afterAll(removeFiles)
}
