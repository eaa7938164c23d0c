// A jest reporter that closes the run with one plain line, `N passed, N failed`.
// A suite that could not run counts as one failure, so that the line never hides it.

module.exports = class PlainReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    const skipped = results.numPendingTests + results.numTodoTests
    const tail = skipped > 0 ? `, ${skipped} skipped` : ''
    process.stderr.write('', () => console.log(`${results.numPassedTests} passed, ${failed} failed${tail}`))
  }
}
