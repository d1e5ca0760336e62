module example.com/faultline/tracer

go 1.19
