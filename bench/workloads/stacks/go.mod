module example.com/faultline/bench/stacks

go 1.19
