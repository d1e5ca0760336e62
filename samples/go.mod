module example.com/faultline/samples

go 1.19
