import TestSupport
import Testing

/// The files of commands and options: the home folder, links, modes, and what is no file.
@Suite struct PathTests {
  /// Runs shell commands in a folder of their own, which is also HOME; `$0` is the program.
  private func shell(_ command: String) throws -> ProcessResult {
    try withFolder { folder in
      try run(
        [
          "sh", "-c",
          "mkdir \(folder)/h \(folder)/w; cd \(folder)/w; export HOME=\(folder)/h; \(command)",
        ]
          + [Program.path()], within: 60)
    }
  }

  private static let writers = [
    "save", "record", "snapshot", "export csv", "export json", "export npz", "export svg",
  ]

  /// A command that may write over a file.
  private func forced(_ command: String) -> String {
    let words = command.split(separator: " ")
    return ([words[0] + "!"] + words.dropFirst()).joined(separator: " ")
  }

  // MARK: - The home folder

  @Test(arguments: writers) func `~ is HOME where something is written`(command: String) throws {
    let result = try shell(
      "\"$0\" xor --batch -e '\(command) ~/f' && test -s ~/f && \"$0\" xor --batch -e '\(command) ~/f'; ls -A"
    )
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(
      result.errors == "-e:1: ~/f exists; \(command.split(separator: " ")[0])! writes over it\n")
  }

  @Test(arguments: [
    "run '~/p'", "check '~/p'", "bench '~/p' --repeat 1", "compare '~/p' '~/g'", "'~/p' --batch",
    "xor --batch -x '~/s'", "xor --batch --replay '~/s'", "xor --batch -e 'source ~/s'",
    "xor --batch -e 'replay ~/s'", "xor --batch -e 'load ~/p'", "xor --batch -e 'load \"~/p\"'",
    "xor --batch -e 'compare ~/g'", "run '~/q'",
  ]) func `~ is HOME where something is read`(command: String) throws {
    let result = try shell(
      """
      "$0" xor --batch -e 'save ~/p' -e 'export npz ~/g' >/dev/null; echo step > ~/s
      "$0" xor --batch -e 'export npz ~/w.npz' >/dev/null
      printf '%s\\n' 'title: q' 't_max: 10 ms' 'inputs: { size: 3 }' 'layers:' \
        '  - { size: 3, weights: { file: ~/w.npz, array: hidden.weights } }' > ~/q
      "$0" \(command)
      """)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
  }

  @Test(arguments: ["save ~", "save! ~", "save ~/", "record ~", "export csv ~", "snapshot! ~"])
  func `~ alone is a folder`(command: String) throws {
    let result = try shell("\"$0\" xor --batch -e '\(command)'; echo $?; ls -A . ~")
    #expect(result.errors.hasSuffix(": is a folder, not a file\n"))
    #expect(!result.output.contains("\n~"))
    let homeless = try shell("HOME=$PWD/none; \"$0\" xor --batch -e '\(command)'; ls -A")
    #expect(homeless.errors.contains("a folder") && homeless.output.isEmpty)
    #expect(result.output.hasPrefix("1\n"))
  }

  @Test func `~ is expanded once, and only at the start`() throws {
    let result = try shell(
      "mkdir '~'; \"$0\" xor --batch -e 'save ./~/f' && ls '~'; unset HOME; \"$0\" run '~/f'")
    #expect(result.output == "wrote ./~/f\nf\n")
    #expect(result.errors == "~/f: HOME is not set\n")
    #expect(result.status == 66)
  }

  // MARK: - What is written over

  @Test(arguments: writers) func `what is no file is refused and stays`(command: String) throws {
    for line in [command, forced(command)] {
      let result = try shell(
        """
        mkfifo p; ln -s p l; mkdir d; echo old > f; : > none
        python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('s')"
        for x in p l d d/ s f/ n/ . /dev/null -; do "$0" xor --batch -e "\(line) $x"; echo $?; done
        stat -c '%F' p l d s; cat f; ls -A | tr '\\n' ' '
        """)
      #expect(
        result.errors == """
          -e:1: p: is a pipe, not a file
          -e:1: l: is a pipe, not a file
          -e:1: d: is a folder, not a file
          -e:1: d/: is a folder, not a file
          -e:1: s: is a socket, not a file
          -e:1: f/: a slash at the end means a folder, not a file
          -e:1: n/: a slash at the end means a folder, not a file
          -e:1: .: is a folder, not a file
          -e:1: /dev/null: is a device, not a file
          -e:1: -: is the standard input; ./- is a file of that name

          """)
      #expect(
        result.output == String(repeating: "1\n", count: 10) + """
          fifo
          symbolic link
          directory
          socket
          old
          d f l none p s 
          """)
    }
  }

  @Test(arguments: writers) func `a link is written through, and the mode stays`(command: String)
    throws
  {
    let result = try shell(
      """
      echo old > t; chmod 640 t; ln -s t l; mkdir d; ln -s ../new d/l; ln -s d/l m
      "$0" xor --batch -e '\(command) l' 2>&1; cat t
      "$0" xor --batch -e '\(forced(command)) l' >/dev/null; stat -c '%F %a' l t; grep -c old t
      "$0" xor --batch -e '\(command) m' >/dev/null; stat -c %F m new; ls -A | tr '\\n' ' '
      """)
    let verb = command.split(separator: " ")[0]
    #expect(
      result.output == """
        -e:1: l exists; \(verb)! writes over it
        old
        symbolic link 777
        regular file 640
        0
        symbolic link
        regular file
        d l m new t 
        """)
  }

  @Test func `links in a circle and the file of the answers are refused`() throws {
    let result = try shell(
      """
      ln -s a b; ln -s b a; "$0" xor --batch -e 'save! a'; readlink a
      "$0" xor --batch -e 'save! out' > out; cat out
      """)
    #expect(
      result.errors == """
        -e:1: a: cannot be written: Too many levels of symbolic links
        -e:1: out: this program writes its answers there

        """)
    #expect(result.output == "b\n")
  }

  @Test func `a name that is none is told`() throws {
    let result = try shell(
      "\"$0\" xor --batch -e 'save \"\"'; \"$0\" run ''; printf 'save a\\0b\\n' | \"$0\" xor; \"$0\" run xor/"
    )
    #expect(
      result.errors == """
        -e:1: a file name is missing
        a file name is missing
        stdin:1: a<U+0000>b: no file has this name
        xor/: no such file

        """)
  }

  // MARK: - Pipes

  @Test(arguments: [
    "cat p | \"$0\" run -", "\"$0\" run - < p", "cat p | \"$0\" run /dev/stdin",
    "mkfifo f; cat p > f & \"$0\" run f", "mkfifo f; { sleep 0.3; cat p; } > f & \"$0\" run f",
    "cat p | \"$0\" check -", "cat p | \"$0\" bench - --repeat 1", "cat p | \"$0\" compare - g",
    "cat g | \"$0\" compare p -", "cat g | \"$0\" compare p /dev/stdin",
    "mkfifo f; cat g > f & \"$0\" compare p f", "cat g | \"$0\" p --batch -e 'compare -'",
    "cat p | \"$0\" - --batch -e step", "cat s | \"$0\" xor --batch -x -",
    "mkfifo f; cat s > f & \"$0\" xor --batch -x f", "cat s | \"$0\" xor --batch --replay -",
    "mkfifo f; cat s > f & \"$0\" xor --batch -e 'source f'",
    "cat p | \"$0\" xor --batch -e 'load -; step'", "\"$0\" xor --batch -x /dev/null -e step",
    "bash -c '\"$0\" compare <(cat p) <(cat g)' \"$0\"",
    "bash -c '\"$0\" xor --batch -x <(cat s)' \"$0\"",
  ]) func `a pipe is read once`(command: String) throws {
    let result = try shell(
      """
      "$0" xor --batch -e 'save p' -e 'export npz g' >/dev/null; echo step > s
      \(command)
      """)
    #expect(result.status == 0 && result.errors.isEmpty && !result.output.isEmpty, "\(result)")
  }

  @Test func `what gives its text only once, or never ends, is not read`() throws {
    let result = try shell(
      """
      "$0" xor --batch -e 'save p' >/dev/null
      cat p | "$0" compare - -; echo 'load -' | "$0" xor
      "$0" run /dev/zero; "$0" run .; "$0" run p/; mkfifo f; : > f & "$0" run f
      """)
    #expect(
      result.errors.hasPrefix(
        """
        -: the standard input is in use already
        stdin:1: -: the standard input is in use already
        /dev/zero: is a device, not a file
        .: is a folder, not a file
        p/: is a file, not a folder
        f:1:1: error: the preset is empty
        """))
    #expect(result.status == 65)
  }

  @Test func `a pipe of commands is waited for, and its mark and returns do not matter`() throws {
    let result = try shell(
      "{ printf '\\357\\273\\277step\\r\\nst'; sleep 0.3; printf 'ep'; } | \"$0\" xor")
    #expect(result.output == "e0 in2 t=0 ms\ne1 in0 t=2 ms\n")
    #expect(result.errors.isEmpty)
  }

  // MARK: - Bytes

  @Test func `names that are no UTF-8 are opened and written`() throws {
    let result = try shell(
      """
      n=$(printf 'caf\\351'); d=$(printf 'd\\377'); mkdir $d; echo step > $n.txt
      "$0" xor --batch -e "save $n" -e "export npz $d/g" && "$0" run $n > /dev/null
      "$0" compare $n $d/g | tail -n 1; "$0" xor --batch -x $n.txt -e "load $n; step"
      printf 'load caf\\351\\nstep\\n' | "$0" xor; "$0" xor --batch -e "save $n"
      "$0" run $n/; ls | od -An -c | head -n 1
      """)
    #expect(
      result.output == """
        wrote caf\\xE9
        wrote d\\xFF/g
        agrees with the exact gradient (largest difference 0)
        e0 in2 t=0 ms
        opened caf\\xE9: XOR. Input 0 is early and input 1 late, so the inputs differ and output 0 should be first. Input 2 is the bias.
        e0 in2 t=0 ms
        opened caf\\xE9: XOR. Input 0 is early and input 1 late, so the inputs differ and output 0 should be first. Input 2 is the bias.
        e0 in2 t=0 ms
           c   a   f 351  \\n   c   a   f 351   .   t   x   t  \\n   d 377

        """)
    #expect(
      result.errors == """
        -e:1: caf\\xE9 exists; save! writes over it
        caf\\xE9/: is a file, not a folder

        """)
  }

  @Test func `text that is no UTF-8 is told with its place`() throws {
    let result = try shell(
      """
      printf 'title: T\\r\\nabout: caf\\351\\n' > p; printf 'step\\n\\necho \\303(\\n' > s
      printf '{"a": "\\342\\202"}' > g; printf '\\377\\376t\\0' > u
      "$0" run p; "$0" xor --batch -x s; "$0" compare xor g; "$0" run u; cat p | "$0" run -
      """)
    let heads = result.errors.split(separator: "\n").filter { $0.contains("error") }
    #expect(
      heads == [
        "p:2:11: error: the byte 0xE9 is no UTF-8", "s:3:6: error: the byte 0xC3 is no UTF-8",
        "g:1:8: error: the byte 0xE2 is no UTF-8", "u:1:1: error: the text is UTF-16",
        "stdin:2:11: error: the byte 0xE9 is no UTF-8",
      ])
    #expect(
      result.errors.contains("2 | about: caf\u{FFFD}\n  |           ^ save the text as UTF-8"))
  }
}
