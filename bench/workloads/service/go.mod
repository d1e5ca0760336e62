module example.com/faultline/bench/service

go 1.21
