module example.com/contention

go 1.19
