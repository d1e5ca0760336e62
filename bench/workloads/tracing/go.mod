module example.com/faultline/bench/tracing

go 1.19
