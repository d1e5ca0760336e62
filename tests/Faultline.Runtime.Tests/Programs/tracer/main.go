// Command tracer stops a program and writes down its registers and the memory around them:
//
//	tracer step OUT CURG MAX EVERY PROGRAM ARGS...     every instruction between the first and the second breakpoint trap of the main thread,
//	                                                  at most MAX; every EVERY steps the thread gets SIGURG (0: never)
//	tracer sample OUT COUNT PROGRAM ARGS...            threads of the program at random times
//
// CURG is the offset of curg in runtime.m. A record is pc, sp, frame pointer, g register, then the number of pieces of memory, then for
// each its address, its size and its bytes; all numbers are 64-bit little-endian.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const (
	ptraceSingleStep = 9
	ptraceContinue   = 7
	ptraceSeize      = 0x4206
	ptraceInterrupt  = 0x4207
	waitAll          = 0x40000000
	machine          = 48
	scheduledSp      = 56
)

type recorder struct {
	out    *bufio.Writer
	memory *os.File
	curg   uint64
}

func main() {
	runtime.LockOSThread()
	var err error
	switch os.Args[1] {
	case "step":
		err = step(os.Args[2], number(os.Args[3]), number(os.Args[4]), number(os.Args[5]), os.Args[6:])
	case "sample":
		err = sample(os.Args[2], number(os.Args[3]), os.Args[4:])
	default:
		err = fmt.Errorf("unknown command %s", os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(text string) uint64 {
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func open(out string, pid int, curg uint64) (*recorder, func(), error) {
	file, err := os.Create(out)
	if err != nil {
		return nil, nil, err
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, nil, err
	}
	r := &recorder{bufio.NewWriterSize(file, 1<<20), memory, curg}
	return r, func() { r.out.Flush(); file.Close(); memory.Close() }, nil
}

func step(out string, curg, max, every uint64, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	defer cmd.Process.Kill()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, waitAll, nil); err != nil {
		return err
	}
	r, closeAll, err := open(out, pid, curg)
	if err != nil {
		return err
	}
	defer closeAll()

	// To the breakpoint that the program hits when it is ready.
	for signal := syscall.Signal(0); ; {
		if err := resume(ptraceContinue, pid, signal); err != nil {
			return err
		}
		if _, err := syscall.Wait4(pid, &status, waitAll, nil); err != nil {
			return err
		}
		if status.Exited() || status.Signaled() {
			return fmt.Errorf("ended before its breakpoint: %v", status)
		}
		if signal = status.StopSignal(); signal == syscall.SIGTRAP {
			break
		}
	}

	signal := syscall.Signal(0)
	for count := uint64(0); count < max; count++ {
		var registers syscall.PtraceRegs
		if err := syscall.PtraceGetRegs(pid, &registers); err != nil {
			return err
		}
		r.write(&registers, 2048)
		if r.word(registers.Rip)&0xff == 0xcc {
			break
		}
		if every != 0 && count%every == every-1 {
			syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(pid), uintptr(pid), uintptr(syscall.SIGURG))
		}
		if err := resume(ptraceSingleStep, pid, signal); err != nil {
			return err
		}
		if _, err := syscall.Wait4(pid, &status, waitAll, nil); err != nil {
			return err
		}
		if status.Exited() || status.Signaled() {
			return fmt.Errorf("ended while it was stepped: %v", status)
		}
		if signal = status.StopSignal(); signal == syscall.SIGTRAP {
			signal = 0
		}
	}
	return nil
}

func sample(out string, count uint64, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	ready, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer cmd.Process.Kill()
	if _, err := bufio.NewReader(ready).ReadString('\n'); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	r, closeAll, err := open(out, pid, 0)
	if err != nil {
		return err
	}
	defer closeAll()

	seized := map[int]bool{}
	random := rand.New(rand.NewSource(1))
	for taken := uint64(0); taken < count; {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		if err != nil || len(tasks) == 0 {
			return fmt.Errorf("the program is gone")
		}
		for _, task := range tasks {
			tid := int(number(filepath.Base(task)))
			if !seized[tid] {
				if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, ptraceSeize, uintptr(tid), 0, 0, 0, 0); e != 0 {
					continue
				}
				seized[tid] = true
			}
			if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, ptraceInterrupt, uintptr(tid), 0, 0, 0, 0); e != 0 {
				continue
			}
			var status syscall.WaitStatus
			if _, err := syscall.Wait4(tid, &status, waitAll, nil); err != nil {
				return err
			}
			if !status.Stopped() {
				continue
			}
			var registers syscall.PtraceRegs
			if err := syscall.PtraceGetRegs(tid, &registers); err == nil {
				r.write(&registers, 64*1024)
				taken++
			}
			signal := status.StopSignal()
			if int(status)>>16 != 0 {
				signal = 0 // the stop was asked for
			}
			resume(ptraceContinue, tid, signal)
		}
		time.Sleep(time.Duration(random.Intn(2000)) * time.Microsecond)
	}
	return nil
}

func resume(request uintptr, pid int, signal syscall.Signal) error {
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, request, uintptr(pid), 0, uintptr(signal), 0, 0); e != 0 {
		return e
	}
	return nil
}

func (r *recorder) write(registers *syscall.PtraceRegs, stack int) {
	type piece struct {
		address uint64
		bytes   []byte
	}
	pieces := []piece{{registers.Rsp, r.read(registers.Rsp, stack)}}
	if r.curg != 0 {
		g := registers.R14
		m := r.word(g + machine)
		current := r.word(m + r.curg)
		if low, high := r.word(g), r.word(g+8); current != g || registers.Rsp < low || registers.Rsp > high {
			pieces = append(pieces, piece{g, r.read(g, 512)}, piece{m, r.read(m, 1200)})
			system := r.word(r.word(m) + scheduledSp)
			pieces = append(pieces, piece{system - 6144, r.read(system-6144, 6144)})
			if current != 0 {
				high := r.word(current + 8)
				pieces = append(pieces, piece{current, r.read(current, 512)}, piece{high - 8192, r.read(high-8192, 8192)})
			}
		}
	}
	r.put(registers.Rip, registers.Rsp, registers.Rbp, registers.R14, uint64(len(pieces)))
	for _, piece := range pieces {
		r.put(piece.address, uint64(len(piece.bytes)))
		r.out.Write(piece.bytes)
	}
}

func (r *recorder) put(words ...uint64) {
	var buffer [8]byte
	for _, word := range words {
		binary.LittleEndian.PutUint64(buffer[:], word)
		r.out.Write(buffer[:])
	}
}

func (r *recorder) read(address uint64, size int) []byte {
	buffer := make([]byte, size)
	if int64(address) <= 0 {
		return nil
	}
	count, _ := r.memory.ReadAt(buffer, int64(address))
	return buffer[:count]
}

func (r *recorder) word(address uint64) uint64 {
	if bytes := r.read(address, 8); len(bytes) == 8 {
		return binary.LittleEndian.Uint64(bytes)
	}
	return 0
}
