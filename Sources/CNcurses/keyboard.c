// Keys, mouse, pastes and signals as one stream of events.

#include "internal.h"

#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/// Codes that ncurses does not have.
enum { code_paste_start = KEY_MAX + 1, code_paste_end, code_word_left, code_word_right };

/// The keys of the numeric keypad, after `ESC O`: a letter for each character that is printed on them.
static const struct {
  char letter;
  char character;
} keypad_keys[] = {
  {'M', '\r'}, {'X', '='}, {'I', '\t'}, {' ', ' '}, {'j', '*'}, {'k', '+'}, {'l', ','},
  {'m', '-'},  {'n', '.'}, {'o', '/'},  {'p', '0'}, {'q', '1'}, {'r', '2'}, {'s', '3'},
  {'t', '4'},  {'u', '5'}, {'v', '6'},  {'w', '7'}, {'x', '8'}, {'y', '9'},
};

/// Sequences that terminals send, even without a terminfo entry for them.
static const struct {
  const char *bytes;
  int code;
} extra_keys[] = {
  {"\033[200~", code_paste_start}, {"\033[201~", code_paste_end},
  {"\033[1;5D", code_word_left},   {"\033[1;5C", code_word_right},
  {"\033[1;3D", code_word_left},   {"\033[1;3C", code_word_right},
  {"\033Od", code_word_left},      {"\033Oc", code_word_right},
  {"\033[A", KEY_UP},              {"\033OA", KEY_UP},
  {"\033[B", KEY_DOWN},            {"\033OB", KEY_DOWN},
  {"\033[C", KEY_RIGHT},           {"\033OC", KEY_RIGHT},
  {"\033[D", KEY_LEFT},            {"\033OD", KEY_LEFT},
  {"\033[H", KEY_HOME},            {"\033OH", KEY_HOME},
  {"\033[1~", KEY_HOME},           {"\033[F", KEY_END},
  {"\033OF", KEY_END},             {"\033[4~", KEY_END},
  {"\033[3~", KEY_DC},             {"\033[5~", KEY_PPAGE},
  {"\033[6~", KEY_NPAGE},          {"\033[Z", KEY_BTAB},
};

/// A pad, because reading from a window would refresh the screen.
static WINDOW *keys = NULL;

/// How long, in milliseconds, the rest of a sequence may take to arrive once its second byte is here,
/// and how long a paste.
enum { sequence_patience = 500, paste_patience = 1000 };

/// How long an Escape waits for the second byte of a sequence, in milliseconds: a slow line cuts a
/// sequence there. Ncurses itself waits less, which tells Alt from Escape; if the user sets ESCDELAY,
/// ncurses alone waits.
static int escape_patience = 150;

/// How long after an Escape a quick `[A` is still an arrow, in milliseconds.
enum { late_patience = 1000 };

static long escape_time = -late_patience;

static void drop_answers(void);

static uint32_t *pasted = NULL;

const uint32_t *cn_pasted(void) { return pasted; }

bool cn_open_keyboard(void) {
  keys = newpad(1, 1);
  if (keys == NULL) return false;
  keypad(keys, TRUE);
  if (getenv("ESCDELAY") == NULL) {
    set_escdelay(25);
  } else {
    escape_patience = 0;
  }
  nodelay(keys, TRUE);
  for (size_t i = 0; i < sizeof extra_keys / sizeof extra_keys[0]; i++)
    define_key(extra_keys[i].bytes, extra_keys[i].code);
  // Terminfo takes some keys of the keypad for others; their characters are read here.
  for (size_t i = 0; i < sizeof keypad_keys / sizeof keypad_keys[0]; i++) {
    char bytes[] = {27, 'O', keypad_keys[i].letter, 0};
    define_key(bytes, 0);
  }
  // Reports of the mouse are read here, since ncurses knows one encoding for each terminal, joins what
  // arrives together, and loses the wheel with Shift.
  const char *report = tigetstr("kmous");
  if (report != NULL && report != (const char *)-1) define_key(report, 0);
  return true;
}

void cn_close_keyboard(void) {
  if (keys == NULL) return;
  drop_answers();
  delwin(keys);
  keys = NULL;
  free(pasted);
  pasted = NULL;
}

// MARK: Reading

/// The next character or code that has arrived; ERR if there is none.
static int read_now(wint_t *code) { return wget_wch(keys, code); }

static bool has_input(int milliseconds) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, milliseconds) > 0;
}

/// The next character or code, waiting for it a little.
static int read_soon(wint_t *code, int milliseconds) {
  int result = read_now(code);
  if (result == ERR && has_input(milliseconds)) result = read_now(code);
  return result;
}

static CNEvent event(CNEventKind kind) { return (CNEvent){.kind = kind}; }

static CNEvent coded(CNEventKind kind, uint32_t code) {
  return (CNEvent){.kind = kind, .code = code};
}

static CNEvent event_of_code(wint_t code);
static CNEvent event_of_character(wint_t scalar);

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000L + time.tv_nsec / 1000000L;
}

// MARK: Sequences

/// Reads to the end of a control sequence: its final byte lies between `@` and `~`.
static void swallow_sequence(wint_t next) {
  // The Linux console has one byte after `[[`.
  if (next == L'[') {
    read_soon(&next, sequence_patience);
    return;
  }
  while (!(next >= 0x40 && next <= 0x7E)) {
    if (read_soon(&next, sequence_patience) != OK) return;
  }
}

/// The key of a final letter after `ESC [` or `ESC O`; 0 for others.
static wint_t code_of_letter(wint_t letter, bool is_modified) {
  switch (letter) {
  case L'A': return KEY_UP;
  case L'B': return KEY_DOWN;
  case L'C': return is_modified ? code_word_right : KEY_RIGHT;
  case L'D': return is_modified ? code_word_left : KEY_LEFT;
  case L'F': return KEY_END;
  case L'H': return KEY_HOME;
  case L'P':
  case L'Q':
  case L'R':
  case L'S': return KEY_F(1 + letter - L'P');
  case L'Z': return KEY_BTAB;
  default: return 0;
  }
}

/// The key of a number before `~`; 0 for others.
static wint_t code_of_number(int number) {
  switch (number) {
  case 1:
  case 7: return KEY_HOME;
  case 3: return KEY_DC;
  case 4:
  case 8: return KEY_END;
  case 5: return KEY_PPAGE;
  case 6: return KEY_NPAGE;
  case 200: return code_paste_start;
  default: break;
  }
  if (number >= 11 && number <= 15) return KEY_F(number - 10);
  if (number >= 17 && number <= 21) return KEY_F(number - 11);
  if (number == 23 || number == 24) return KEY_F(number - 12);
  return 0;
}

/// Reads the rest of a sequence after `ESC [` and one more character: a key that ncurses did not see
/// as one, because it arrived in pieces or with a modifier that terminfo does not list.
static CNEvent read_sequence(wint_t next) {
  int numbers[2] = {0, 0}, place = 0;
  for (;;) {
    if (next >= L'0' && next <= L'9' && numbers[place] < 1000) {
      numbers[place] = numbers[place] * 10 + (int)(next - L'0');
    } else if (next == L';' && place == 0) {
      place = 1;
    } else {
      break;
    }
    if (read_soon(&next, sequence_patience) != OK) return event(CNEventKindNothing);
  }
  wint_t code = next == L'~' ? code_of_number(numbers[0]) : code_of_letter(next, numbers[1] > 2);
  if (code != 0) return event_of_code(code);
  swallow_sequence(next);
  return event(CNEventKindNothing);
}

/// Reads the rest of a sequence after `ESC O` and one more character: the keypad, or a key in
/// application mode, perhaps with the number of a modifier.
static CNEvent read_application_key(wint_t next) {
  bool is_modified = false;
  while (next >= L'0' && next <= L'9') {
    is_modified = is_modified || next > L'2';
    if (read_soon(&next, sequence_patience) != OK) return event(CNEventKindNothing);
  }
  for (size_t i = 0; i < sizeof keypad_keys / sizeof keypad_keys[0]; i++) {
    if (next == (wint_t)keypad_keys[i].letter) return event_of_character((wint_t)keypad_keys[i].character);
  }
  wint_t code = code_of_letter(next, is_modified);
  return code == 0 ? event(CNEventKindNothing) : event_of_code(code);
}

// MARK: Answers of the terminal

/// The brightness of the background, 0 to 255, or -1.
static int background = -1;

/// Whether the last answer is still to come, and since when.
static bool expects_answers = false;
static long question_time = 0;

int cn_background(void) { return background; }

void cn_expect_answers(void) {
  expects_answers = true;
  question_time = now();
}

/// Reads the rest of a report after `ESC [ ?`: `2026;2$y` says that the terminal knows mode 2026, and a
/// `c` ends the last answer.
static CNEvent read_report(void) {
  int numbers[2] = {0, 0}, place = 0;
  wint_t next;
  for (;;) {
    if (read_soon(&next, sequence_patience) != OK) return event(CNEventKindNothing);
    if (next >= L'0' && next <= L'9' && place < 2 && numbers[place] < 100000) {
      numbers[place] = numbers[place] * 10 + (int)(next - L'0');
    } else if (next == L';') {
      place++;
    } else if (next != L'$') {
      break;
    }
  }
  if (next == L'c') expects_answers = false;
  // 0: unknown, 4: never set.
  if (next == L'y' && numbers[0] == 2026 && numbers[1] >= 1 && numbers[1] <= 3) cn_synchronize();
  swallow_sequence(next);
  return event(CNEventKindNothing);
}

/// The first two digits of a part of `rgb:1e1e/1e1e/2e2e`, up to the next slash.
static int take_part(const char **text) {
  char digits[3] = {0, 0, 0};
  for (int i = 0; i < 2 && isxdigit((unsigned char)**text); i++) digits[i] = *(*text)++;
  while (isxdigit((unsigned char)**text)) (*text)++;
  if (**text == '/') (*text)++;
  int value = (int)strtol(digits, NULL, 16);
  return digits[1] == 0 ? value * 17 : value;
}

/// Learns the background from an answer such as `11;rgb:1e1e/1e1e/2e2e`.
static bool learn_background(const char *answer) {
  const char *colon = strchr(answer, ':');
  if (strncmp(answer, "11;rgb", 6) != 0 || colon == NULL) return false;
  const char *text = colon + 1;
  int red = take_part(&text), green = take_part(&text), blue = take_part(&text);
  background = (299 * red + 587 * green + 114 * blue) / 1000;
  return true;
}

// MARK: Mouse

/// The event of a mouse report: the buttons are its low bits, and 4 is Shift, 32 a movement, 64 the wheel.
static CNEvent mouse_event(int buttons, bool is_release, int x, int y) {
  // The old encoding does not say which button was released.
  static uint32_t latest = 1;
  CNEvent result = {.x = x, .y = y, .isShifted = (buttons & 4) != 0};
  switch (buttons & ~(4 | 8 | 16)) {
  case 0:
  case 1:
  case 2:
    result.kind = is_release ? CNEventKindRelease : CNEventKindPress;
    latest = result.code = (uint32_t)(buttons & 3) + 1;
    return result;
  case 3:
    result.kind = CNEventKindRelease;
    result.code = latest;
    return result;
  case 64: result.kind = CNEventKindWheelUp; return result;
  case 65: result.kind = CNEventKindWheelDown; return result;
  default: return event(CNEventKindNothing);
  }
}

/// Reads the rest of a report after `ESC [ <`: three numbers and `M`, or `m` for a release.
static CNEvent read_mouse(void) {
  int numbers[3] = {0, 0, 0};
  for (int place = 0; place < 3;) {
    wint_t next;
    if (read_soon(&next, sequence_patience) != OK) break;
    if (next >= L'0' && next <= L'9' && numbers[place] < 100000) {
      numbers[place] = numbers[place] * 10 + (int)(next - L'0');
    } else if (next == L';') {
      place++;
    } else if ((next == L'M' || next == L'm') && place == 2) {
      return mouse_event(numbers[0], next == L'm', numbers[1] - 1, numbers[2] - 1);
    } else {
      swallow_sequence(next);
      break;
    }
  }
  return event(CNEventKindNothing);
}

/// Reads the rest of a report after `ESC [ M`: three bytes, each 32 more than its value.
///
/// It reads bytes, because beyond column 95 they are no text in UTF-8.
static CNEvent read_old_mouse(void) {
  int bytes[3];
  for (int i = 0; i < 3; i++) {
    bytes[i] = wgetch(keys);
    if (bytes[i] == ERR && has_input(sequence_patience)) bytes[i] = wgetch(keys);
    if (bytes[i] < 32 || bytes[i] > 255) return event(CNEventKindNothing);
  }
  return mouse_event(bytes[0] - 32, false, bytes[1] - 33, bytes[2] - 33);
}

// MARK: Escape

/// Reads to the end of an answer of the terminal: a bell, or an escape and a backslash.
static CNEvent read_string(wint_t next) {
  char answer[64];
  size_t length = 0;
  while (next != 7) {
    bool is_escape = next == 27;
    if (!is_escape && next < 128 && length + 1 < sizeof answer) answer[length++] = (char)next;
    if (read_soon(&next, sequence_patience) != OK) break;
    if (is_escape && next == L'\\') break;
  }
  answer[length] = 0;
  return event(learn_background(answer) ? CNEventKindAnswer : CNEventKindNothing);
}

/// A key with Alt: an arrow goes by words, and Backspace deletes a word.
static CNEvent event_of_code_with_alt(wint_t code) {
  switch (code) {
  case KEY_LEFT: return event(CNEventKindControlLeft);
  case KEY_RIGHT: return event(CNEventKindControlRight);
  case KEY_BACKSPACE: return coded(CNEventKindAlt, 127);
  default: return event_of_code(code);
  }
}

/// Reads on after `ESC [` or `ESC O`, whose next character is here.
static CNEvent read_after_introducer(wint_t first, wint_t next) {
  if (first == L'O') return read_application_key(next);
  if (next == L'<') return read_mouse();
  if (next == L'?') return read_report();
  if (next == L'M') return read_old_mouse();
  return read_sequence(next);
}

/// An Escape by itself, unless the second byte of a sequence follows a little later.
static CNEvent read_after_pause(void) {
  wint_t first, next;
  int result = read_soon(&first, escape_patience);
  if (result == OK && (first == L'[' || first == L'O')) {
    if (read_soon(&next, sequence_patience) == OK) return read_after_introducer(first, next);
    return coded(CNEventKindAlt, first);
  }
  if (result == OK) unget_wch((wchar_t)first);
  if (result == KEY_CODE_YES) ungetch((int)first);
  escape_time = now();
  return event(CNEventKindEscape);
}

/// The next character distinguishes an Escape, an Alt and an unknown sequence.
static CNEvent read_after_escape(void) {
  wint_t first, next;
  int result = read_now(&first);
  if (result == ERR) return read_after_pause();
  if (result == KEY_CODE_YES) return event_of_code_with_alt(first);
  bool begins_sequence = first == L'[' || first == L'O';
  bool begins_string = first == L']' || first == L'P' || first == L'_' || first == L'^';
  // On a slow line the rest may come a moment later.
  if (begins_sequence && read_soon(&next, sequence_patience) == OK)
    return read_after_introducer(first, next);
  if (begins_string && read_soon(&next, sequence_patience) == OK) {
    return read_string(next);
  }
  // An Alt that is sent as Escape, and an Escape before it.
  if (first == 27) return read_after_escape();
  return coded(CNEventKindAlt, first);
}

/// The key of a `[` or `O` that comes together with its rest soon after an Escape: no hand is as quick.
static CNEvent event_of_late_rest(wint_t scalar) {
  wint_t next;
  if (now() - escape_time > late_patience) return coded(CNEventKindCharacter, scalar);
  escape_time = -late_patience;
  if (read_now(&next) != OK) return coded(CNEventKindCharacter, scalar);
  bool is_rest = code_of_letter(next, false) != 0 || (scalar == L'[' && next >= L'1' && next <= L'9');
  if (is_rest) return read_after_introducer(scalar, next);
  unget_wch((wchar_t)next);
  return coded(CNEventKindCharacter, scalar);
}

// MARK: Paste

/// Collects a paste; a terminal that does not end the paste cannot block the program.
static CNEvent read_paste(void) {
  enum { limit = 1 << 20 };
  size_t capacity = 256, count = 0;
  free(pasted);
  pasted = malloc(capacity * sizeof *pasted);
  for (;;) {
    wint_t code;
    int result = read_soon(&code, paste_patience);
    if (result == ERR || (result == KEY_CODE_YES && code == code_paste_end)) break;
    if (result != OK || count == limit || pasted == NULL) continue;
    if (count == capacity) {
      uint32_t *larger = realloc(pasted, 2 * capacity * sizeof *pasted);
      if (larger == NULL) continue;
      pasted = larger;
      capacity *= 2;
    }
    pasted[count++] = code == L'\r' ? L'\n' : (uint32_t)code;
  }
  return coded(CNEventKindPaste, pasted == NULL ? 0 : (uint32_t)count);
}

// MARK: Events

static CNEvent event_of_code(wint_t code) {
  if (code >= KEY_F(1) && code <= KEY_F(63)) return coded(CNEventKindFunction, code - KEY_F0);
  switch (code) {
  case KEY_UP: return event(CNEventKindUp);
  case KEY_DOWN: return event(CNEventKindDown);
  case KEY_SLEFT:
  case KEY_LEFT: return event(CNEventKindLeft);
  case KEY_SRIGHT:
  case KEY_RIGHT: return event(CNEventKindRight);
  case code_word_left: return event(CNEventKindControlLeft);
  case code_word_right: return event(CNEventKindControlRight);
  case KEY_HOME: return event(CNEventKindHome);
  case KEY_END: return event(CNEventKindEnd);
  case KEY_PPAGE: return event(CNEventKindPageUp);
  case KEY_NPAGE: return event(CNEventKindPageDown);
  case KEY_ENTER: return event(CNEventKindEnter);
  case KEY_BACKSPACE: return event(CNEventKindBackspace);
  case KEY_DC: return event(CNEventKindDelete);
  case KEY_BTAB: return event(CNEventKindBackTab);
  case code_paste_start: return read_paste();
  default: return event(CNEventKindNothing);
  }
}

static CNEvent event_of_character(wint_t scalar) {
  switch (scalar) {
  case 27: return read_after_escape();
  case L'\r':
  case L'\n': return event(CNEventKindEnter);
  case 8:
  case 127: return event(CNEventKindBackspace);
  case L'[':
  case L'O': return event_of_late_rest(scalar);
  default: return coded(CNEventKindCharacter, scalar);
  }
}

static CNEvent event_of_signal(int signal) {
  switch (signal) {
  case SIGINT: return event(CNEventKindInterrupt);
  case SIGTERM:
  case SIGHUP:
  case SIGQUIT: return coded(CNEventKindTerminate, (uint32_t)signal);
  case SIGTSTP:
  case SIGCONT:
    cn_leave_and_return(signal == SIGTSTP);
    // The size of the window may have changed while the process was stopped.
    cn_follow_size();
    return event(CNEventKindResize);
  default: return event(CNEventKindNothing);
  }
}

/// Whether the terminal is gone: it reports input but has none.
static bool is_at_end(void) {
  int waiting = 0;
  return has_input(0) && (ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0 || waiting == 0);
}

/// The event that is already waiting, if there is one.
static CNEvent event_now(void) {
  for (int signal = cn_take_signal(); signal != 0; signal = cn_take_signal()) {
    CNEvent result = event_of_signal(signal);
    if (result.kind != CNEventKindNothing) return result;
  }
  if (cn_follow_size()) return event(CNEventKindResize);
  wint_t code;
  for (int result = read_now(&code); result != ERR; result = read_now(&code)) {
    CNEvent found = result == OK ? event_of_character(code) : event_of_code(code);
    if (found.kind != CNEventKindNothing) return found;
  }
  return event(is_at_end() ? CNEventKindEndOfInput : CNEventKindNothing);
}

/// Waits a moment for answers that are still to come, so that they are not typed into the shell.
static void drop_answers(void) {
  enum { patience = 1000, wait = 100 };
  long end = now() + wait;
  while (expects_answers && now() - question_time < patience && now() < end) {
    if (!has_input((int)(end - now()))) return;
    // Keys pressed meanwhile belong to nobody.
    if (event_now().kind == CNEventKindEndOfInput) return;
  }
}

CNEvent cn_next_event(int milliseconds) {
  long deadline = now() + milliseconds;
  for (;;) {
    CNEvent result = event_now();
    if (result.kind != CNEventKindNothing) return result;
    long remaining = milliseconds < 0 ? -1 : deadline - now();
    if (milliseconds >= 0 && remaining <= 0) return result;
    struct pollfd sources[] = {
      {.fd = STDIN_FILENO, .events = POLLIN},
      {.fd = cn_signal_descriptor(), .events = POLLIN},
    };
    poll(sources, 2, (int)remaining);
  }
}
