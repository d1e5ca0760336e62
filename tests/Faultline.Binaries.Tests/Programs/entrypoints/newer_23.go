//go:build go1.23

package main

func pairs(yield func(int) bool) {
	if yield(number) {
		yield(number + 1)
	}
}

//go:noinline
func later(n int) {
	for i := range pairs {
		defer note(i + n)
	}
}
