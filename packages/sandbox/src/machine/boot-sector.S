# 512 bytes that a BIOS boots. They go the way that every 64-bit kernel goes (protected mode, page tables, long mode),
# count to 20 million, write one letter to the debug console, and end the machine. An accelerator that cannot run these
# instructions cannot run a kernel; one that interprets them one by one (nested, KVM may) does not count in time, and
# would unpack a kernel for hours.
#   as boot-probe.S -o probe.o && ld -Ttext 0x7c00 --oformat binary probe.o -o boot-probe.bin
        .code16
        .globl _start
_start: cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $0x7c00, %sp
        lgdt    gdtr
        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        ljmp    $0x08, $protected

        .code32
protected:
        movw    $0x10, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        # Page tables at 0x10000: the first 2 MiB as one page.
        movl    $0x10000, %edi
        movl    %edi, %cr3
        xorl    %eax, %eax
        movl    $3072, %ecx
        rep stosl
        movl    $0x11003, 0x10000
        movl    $0x12003, 0x11000
        movl    $0x00083, 0x12000
        movl    %cr4, %eax
        orl     $0x20, %eax
        movl    %eax, %cr4
        movl    $0xc0000080, %ecx
        rdmsr
        orl     $0x100, %eax
        wrmsr
        movl    %cr0, %eax
        orl     $0x80000000, %eax
        movl    %eax, %cr0
        ljmp    $0x18, $long

        .code64
long:   movl    $20000000, %ecx
1:      decl    %ecx
        jnz     1b
        movb    $'K', %al
        outb    %al, $0xe9
        # isa-debug-exit: QEMU ends with code (0x21 << 1) | 1 = 67.
        movl    $0x21, %eax
        outl    %eax, $0xf4
2:      hlt
        jmp     2b

        .balign 8
gdt:    .quad   0
        .quad   0x00cf9a000000ffff
        .quad   0x00cf92000000ffff
        .quad   0x00af9a000000ffff
gdtr:   .word   . - gdt - 1
        .long   gdt
        .org    510
        .word   0xaa55
