module example.com/faultline/stacks

go 1.19
