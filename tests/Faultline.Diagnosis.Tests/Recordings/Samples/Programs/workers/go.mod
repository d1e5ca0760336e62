module example.com/faultline/workers

go 1.19
