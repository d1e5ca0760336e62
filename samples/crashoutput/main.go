//go:build go1.23

// Command crashoutput keeps its crashes in a file as well, which its first argument names.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type route struct {
	hops map[string]int
}

func (r *route) visit(host string) {
	r.hops[host]++ // fault:write
}

func keepCrashes(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return debug.SetCrashOutput(file, debug.CrashOptions{})
}

func main() {
	deadline.Arm()
	if len(os.Args) > 1 {
		if err := keepCrashes(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	neighbours.Start()
	fmt.Fprintln(os.Stderr, "listening on :8080")
	r := &route{} // cause:make
	r.visit("gateway")
}
