// The message × crash matrix of three-phase commit over real processes: one cell of each message, every cell with MATRIX=all.

import { testMatrixOf } from './support/matrix-plays.ts'

testMatrixOf('three-phase')
