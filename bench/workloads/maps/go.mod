module example.com/faultline/bench/maps

go 1.21
