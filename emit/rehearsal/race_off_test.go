//go:build !race

package rehearsal_test

const raceDetector = false
