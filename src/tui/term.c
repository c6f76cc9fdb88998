/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* curses has a KEY_... of its own; ours end in an underscore where they meet. */
#include "term.h"

static struct {
    SCREEN *screen;
    bool open, color, mouse;
    struct termios saved;
    short pair[INK_COUNT], ground;
    const struct theme *theme;
    struct canvas shown;
    char leave[256];      /* bytes that give the terminal back, ready for a handler */
    size_t leave_n;
    char words[512];
    size_t words_n;
} t;

static volatile sig_atomic_t ended_by, resized;
/* A signal between the look at these and the wait would go unseen until the next key: handlers write here, and
 * the wait reads. -1: there is no pipe. */
static int wake[2] = { -1, -1 };

/* ---- signals -------------------------------------------------------------------------- */

static void
wake_up(void)
{
    int kept = errno;
    ssize_t n = write(wake[1], "s", 1); /* a full pipe wakes as well */

    (void)n;
    errno = kept;
}

static void
on_end(int signal)
{
    ended_by = signal;
    wake_up();
}

static void
on_resize(int signal)
{
    (void)signal;
    resized = 1;
    wake_up();
}

static void
open_wake(void)
{
    if (wake[0] >= 0 || pipe(wake) < 0)
        return;
    for (int k = 0; k < 2; k++) {
        fcntl(wake[k], F_SETFD, FD_CLOEXEC);
        fcntl(wake[k], F_SETFL, O_NONBLOCK);
    }
}

/* A fault: one write and tcsetattr are all that is safe here. */
static void
on_fault(int signal)
{
    if (t.open) {
        ssize_t n = write(STDOUT_FILENO, t.leave, t.leave_n);
        tcsetattr(STDIN_FILENO, TCSANOW, &t.saved);
        n = write(STDERR_FILENO, t.words, t.words_n);
        (void)n;
    }
    struct sigaction plain = { .sa_handler = SIG_DFL };
    sigaction(signal, &plain, NULL);
    raise(signal);
}

static void
handle(int signal, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler };

    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
static const int faults[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };

int
term_signal(void)
{
    return ended_by;
}

void
term_die(int signal)
{
    struct sigaction plain = { .sa_handler = SIG_DFL };

    term_close();
    sigaction(signal, &plain, NULL);
    raise(signal);
}

void
term_last_words(const char *text)
{
    t.words_n = strlen(text) < sizeof t.words ? strlen(text) : sizeof t.words;
    memcpy(t.words, text, t.words_n);
}

/* ---- colours --------------------------------------------------------------------------- */

void
term_theme(const struct theme *theme)
{
    short next = 1;

    if (t.theme == theme)
        return;
    t.theme = theme;
    memset(t.pair, 0, sizeof t.pair);
    if (t.color)
        for (int k = 0; k < INK_COUNT; k++) {
            short color = COLORS >= 256 ? theme->c256[k] : theme->c8[k];
            if (color < 0 || next >= COLOR_PAIRS || init_pair(next, color, t.ground) == ERR)
                continue;
            t.pair[k] = next++;
        }
    term_redraw();
}

/* ---- life ---------------------------------------------------------------------------------- */

static void
add_leave(const char *capability)
{
    const char *bytes = tigetstr(capability);

    if (bytes == NULL || bytes == (char *)-1 || t.leave_n + strlen(bytes) >= sizeof t.leave)
        return;
    memcpy(t.leave + t.leave_n, bytes, strlen(bytes));
    t.leave_n += strlen(bytes);
}

static void
mouse_reports(bool on)
{
    static const char turn_on[] = "\033[?1000h\033[?1006h\033[?2004h", turn_off[] = "\033[?1000l\033[?1006l\033[?2004l";
    static const char paste_on[] = "\033[?2004h";
    const char *bytes = on ? (t.mouse ? turn_on : paste_on) : turn_off;
    ssize_t n = write(STDOUT_FILENO, bytes, strlen(bytes));

    (void)n;
}

int
term_open(const struct term_options *o, struct error *err)
{
    memset(&t, 0, sizeof t);
    t.color = o->color;
    t.mouse = o->mouse;
    if (tcgetattr(STDIN_FILENO, &t.saved) < 0)
        return error_set(err, ERR_TERMINAL, "standard input is not a terminal");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    t.screen = newterm(NULL, stdout, stdin);
    if (t.screen == NULL)
        return error_set(err, ERR_TERMINAL, "the terminal type TERM=%s is not known; TERM=xterm or vt100 may do",
                         o->term != NULL ? o->term : "");
    set_term(t.screen);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    /* Some descriptions begin a mouse report as a key of its own; it is read whole in after_escape. */
    define_key(NULL, KEY_MOUSE);
    nodelay(stdscr, TRUE);
    meta(stdscr, TRUE);
    set_escdelay(25);
    t.color = t.color && has_colors() && start_color() != ERR;
    t.ground = t.color && use_default_colors() == ERR ? COLOR_BLACK : -1;
    static const char report_off[] = "\033[?1000l\033[?1006l\033[?2004l";
    memcpy(t.leave, report_off, sizeof report_off - 1);
    t.leave_n = sizeof report_off - 1;
    add_leave("sgr0");
    add_leave("cnorm");
    add_leave("rmkx");
    add_leave("rmcup");
    mouse_reports(true);
    open_wake();
    for (size_t k = 0; k < BE_LEN(ends); k++)
        handle(ends[k], on_end);
    for (size_t k = 0; k < BE_LEN(faults); k++)
        handle(faults[k], on_fault);
    handle(SIGWINCH, on_resize);
    handle(SIGPIPE, SIG_IGN);
    t.open = true;
    return 0;
}

void
term_close(void)
{
    if (!t.open)
        return;
    t.open = false;
    mouse_reports(false);
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &t.saved);
    delscreen(t.screen);
    canvas_release(&t.shown);
}

void
term_size(int *columns, int *rows)
{
    struct winsize w;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && w.ws_row > 0) {
        *columns = w.ws_col;
        *rows = w.ws_row;
        if (*columns != COLS || *rows != LINES)
            resizeterm(*rows, *columns);
    } else {
        *columns = COLS;
        *rows = LINES;
    }
}

void
term_redraw(void)
{
    clearok(curscr, TRUE);
    canvas_release(&t.shown);
}

/* ---- showing -------------------------------------------------------------------------------------- */

static void
show_cell(int row, int column, const struct cell *cell)
{
    wchar_t text[2] = { (wchar_t)cell->glyph, L'\0' };
    attr_t attributes = A_NORMAL;
    cchar_t cc;

    if (cell->pen & PEN_BOLD)
        attributes |= A_BOLD;
    if (cell->pen & PEN_REVERSE)
        attributes |= A_REVERSE;
    if (cell->pen & PEN_UNDERLINE)
        attributes |= A_UNDERLINE;
    if (cell->ink == INK_PROBLEM)
        attributes |= A_BOLD;
    setcchar(&cc, text, attributes, t.pair[cell->ink], NULL);
    mvadd_wch(row, column, &cc);
}

/* A blank shows no colour: a few of them between two glyphs look like the one before, so that no bytes are
 * spent on colours there; more are plain, so that they can be erased. */
#define BLANKS_FEW 6

static struct cell
cheapest_look(const struct cell *row, int column, int columns)
{
    const unsigned visible = PEN_REVERSE | PEN_UNDERLINE;
    struct cell look = row[column];
    int from = column, to = column;

    if (look.glyph != ' ' || (look.pen & visible) != 0)
        return look;
    while (from > 0 && to - from < BLANKS_FEW && row[from - 1].glyph == ' ')
        from--;
    while (to < columns && to - from <= BLANKS_FEW && row[to].glyph == ' ')
        to++;
    bool few = from > 0 && to < columns && to - from <= BLANKS_FEW && row[from - 1].glyph != ' ' &&
               (row[from - 1].pen & visible) == 0;
    look.ink = few ? row[from - 1].ink : INK_PLAIN;
    look.pen = few ? row[from - 1].pen : 0;
    return look;
}

void
term_show(const struct canvas *c, int cursor_row, int cursor_column)
{
    bool all = t.shown.columns != c->columns || t.shown.rows != c->rows || t.shown.cells == NULL;

    if (all) {
        canvas_release(&t.shown);
        erase();
        if (canvas_init(&t.shown, c->columns, c->rows) < 0)
            return;
    }
    for (int row = 0; row < c->rows; row++)
        for (int column = 0; column < c->columns; column++) {
            size_t k = (size_t)row * (size_t)c->columns + (size_t)column;
            const struct cell *now = &c->cells[k];
            struct cell *was = &t.shown.cells[k];
            if (!all && now->glyph == was->glyph && now->ink == was->ink && now->pen == was->pen)
                continue;
            *was = *now;
            if (now->glyph != 0) {
                const struct cell look = cheapest_look(now - column, column, c->columns);
                show_cell(row, column, &look);
            }
        }
    if (cursor_row >= 0 && cursor_row < c->rows && cursor_column < c->columns) {
        curs_set(1);
        move(cursor_row, cursor_column);
    } else
        curs_set(0);
    refresh();
}

/* ---- keys -------------------------------------------------------------------------------------------- */

double
term_now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static const struct {
    int curses, ours;
} function_keys[] = {
    { KEY_ENTER, KEY_ENTER_ }, { KEY_BACKSPACE, KEY_BACKSPACE_ }, { KEY_DC, KEY_DELETE_ }, { KEY_UP, KEY_UP_ },
    { KEY_DOWN, KEY_DOWN_ }, { KEY_LEFT, KEY_LEFT_ }, { KEY_RIGHT, KEY_RIGHT_ }, { KEY_SLEFT, KEY_SLEFT_ },
    { KEY_SRIGHT, KEY_SRIGHT_ }, { KEY_HOME, KEY_HOME_ }, { KEY_END, KEY_END_ }, { KEY_PPAGE, KEY_PGUP },
    { KEY_NPAGE, KEY_PGDN }, { KEY_BTAB, KEY_BACKTAB },
    { KEY_RESIZE, KEY_RESIZE_ },
};

/* The rest of a sequence that began with ESC [, as far as it has come. */
static int
sequence(char *out, int size)
{
    int n = 0;
    wint_t c;

    while (n < size - 1 && get_wch(&c) == OK && c < 0x80) {
        out[n++] = (char)c;
        if (c >= 0x40 && c <= 0x7e)
            break;
    }
    out[n] = '\0';
    return n;
}

static struct key
mouse_report(const char *text)
{
    struct key k = { .code = KEY_MOUSE_ };
    int button, column, row;
    char end;

    if (sscanf(text, "<%d;%d;%d%c", &button, &column, &row, &end) != 4 || end != 'M') {
        k.code = KEY_NONE;
        return k;
    }
    k.ctrl = (button & 16) != 0;
    button &= ~28;
    k.button = button == 0 ? 1 : button == 64 ? 4 : button == 65 ? 5 : 0;
    k.row = row - 1;
    k.column = column - 1;
    return k;
}

/* Everything up to ESC [ 201 ~ is text, whatever it holds. */
static struct key
paste(void)
{
    static char text[LINE_BYTES * 4];
    struct key k = { .code = KEY_PASTE_, .paste = text };
    size_t n = 0;
    wint_t c;
    char utf8[5];

    for (int idle = 0; idle < 50;) {
        int got = get_wch(&c);
        if (got == ERR) {
            struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
            poll(&p, 1, 2);
            idle++;
            continue;
        }
        idle = 0;
        if (got == OK && c == 27) {
            char end[16];
            get_wch(&c);
            sequence(end, sizeof end);
            if (strcmp(end, "201~") == 0)
                break;
            continue;
        }
        text_encode((uint32_t)c, utf8);
        if (n + strlen(utf8) + 1 < sizeof text) {
            memcpy(text + n, utf8, strlen(utf8));
            n += strlen(utf8);
        }
    }
    text[n] = '\0';
    return k;
}

static struct key
after_escape(void)
{
    struct key k = { .code = KEY_ESC };
    char text[48];
    wint_t c;

    if (get_wch(&c) != OK)
        return k;
    if (c != '[') {
        k.code = KEY_ALT + (int)c;
        return k;
    }
    sequence(text, sizeof text);
    if (text[0] == '<')
        return mouse_report(text);
    if (strcmp(text, "200~") == 0)
        return paste();
    k.code = KEY_NONE;
    return k;
}

struct key
term_key(void)
{
    struct key k = { .code = KEY_NONE };
    wint_t c;
    int got = get_wch(&c);

    if (got == ERR)
        return k;
    k.at_ms = term_now_ms();
    if (got == KEY_CODE_YES) {
        for (size_t i = 0; i < BE_LEN(function_keys); i++)
            if (function_keys[i].curses == (int)c)
                k.code = function_keys[i].ours;
        if ((int)c >= KEY_F(1) && (int)c <= KEY_F(12))
            k.code = KEY_F1_ + (int)c - KEY_F(1);
        return k;
    }
    if (c == 27) {
        double at = k.at_ms;
        k = after_escape();
        k.at_ms = at;
        return k;
    }
    k.code = c == '\r' || c == '\n' ? KEY_ENTER_ : c == '\t' ? KEY_TAB : c == 127 || c == 8 ? KEY_BACKSPACE_ : (int)c;
    return k;
}

bool
term_wait(int descriptor, int milliseconds)
{
    /* What is negative is passed over. */
    struct pollfd p[3] = { { STDIN_FILENO, POLLIN, 0 }, { descriptor, POLLIN, 0 }, { wake[0], POLLIN, 0 } };
    char drained[64];
    int n = poll(p, 3, milliseconds);

    while (n > 0 && (p[2].revents & POLLIN) != 0 && read(wake[0], drained, sizeof drained) > 0)
        continue;

    if (resized) {
        resized = 0;
        int columns, rows;
        term_size(&columns, &rows);
    }
    /* A terminal that went away reads as end of file: leave as on a hang-up. */
    if (n > 0 && (p[0].revents & (POLLHUP | POLLERR)) != 0 && (p[0].revents & POLLIN) == 0 && ended_by == 0)
        ended_by = SIGHUP;
    return n > 0 && descriptor >= 0 && (p[1].revents & POLLIN) != 0;
}

/* ---- other programs -------------------------------------------------------------------------------- */

static void
stand_back(void)
{
    mouse_reports(false);
    curs_set(1);
    def_prog_mode();
    endwin();
}

static void
come_back(void)
{
    reset_prog_mode();
    mouse_reports(true);
    term_redraw();
    refresh();
}

void
term_suspend(void)
{
    struct sigaction plain = { .sa_handler = SIG_DFL }, before;

    stand_back();
    sigaction(SIGTSTP, &plain, &before);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
    come_back();
}

/* Run with the terminal's own keys for us switched off; its exit status, or -1. */
static int
run(const char *const argv[], const char *input, size_t n)
{
    int pipe_ends[2] = { -1, -1 }, status = 0;

    if (input != NULL && pipe(pipe_ends) < 0)
        return -1;
    handle(SIGINT, SIG_IGN);
    handle(SIGQUIT, SIG_IGN);
    pid_t child = fork();
    if (child == 0) {
        struct sigaction plain = { .sa_handler = SIG_DFL };
        sigaction(SIGINT, &plain, NULL);
        sigaction(SIGQUIT, &plain, NULL);
        sigaction(SIGPIPE, &plain, NULL);
        if (input != NULL) {
            dup2(pipe_ends[0], STDIN_FILENO);
            close(pipe_ends[0]);
            close(pipe_ends[1]);
        }
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (input != NULL) {
        close(pipe_ends[0]);
        for (size_t done = 0; child > 0 && done < n;) {
            ssize_t put = write(pipe_ends[1], input + done, n - done);
            if (put <= 0)
                break;
            done += (size_t)put;
        }
        close(pipe_ends[1]);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    handle(SIGINT, on_end);
    handle(SIGQUIT, on_end);
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
term_edit(const char *text, size_t n, char **out, size_t *out_n, struct error *err)
{
    const char *editor = getenv("VISUAL"), *base = getenv("TMPDIR");
    char folder[1024], name[1100], command[1100];
    int status = -1;

    if (editor == NULL || editor[0] == '\0')
        editor = getenv("EDITOR");
    if (editor == NULL || editor[0] == '\0')
        editor = "vi";
    snprintf(folder, sizeof folder, "%s/breakeven-XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
    if (mkdtemp(folder) == NULL)
        return error_set(err, ERR_IO, "no folder for the editor's file: %s", strerror(errno));
    snprintf(name, sizeof name, "%s/scenario.yaml", folder);
    snprintf(command, sizeof command, "%s \"$1\"", editor);
    if (file_write(name, text, n, NULL, NULL, err) == 0) {
        const char *const argv[] = { "/bin/sh", "-c", command, "sh", name, NULL };
        stand_back();
        int left = run(argv, NULL, 0);
        come_back();
        if (left != 0)
            error_set(err, ERR_IO, "the editor gave up (status %d): nothing is changed", left);
        else
            status = file_read(name, SCENARIO_BYTES_MAX, out, out_n, NULL, err);
    }
    unlink(name);
    rmdir(folder);
    return status;
}

void
term_copy(const char *text, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buffer b;

    if (getenv("TMUX") != NULL) {
        const char *const argv[] = { "tmux", "load-buffer", "-w", "-", NULL };
        if (run(argv, text, n) == 0)
            return;
    }
    buffer_init(&b);
    buffer_puts(&b, "\033]52;c;");
    for (size_t k = 0; k < n; k += 3) {
        unsigned long v = (unsigned long)(unsigned char)text[k] << 16 |
                          (k + 1 < n ? (unsigned long)(unsigned char)text[k + 1] << 8 : 0) |
                          (k + 2 < n ? (unsigned long)(unsigned char)text[k + 2] : 0);
        buffer_putc(&b, digits[v >> 18 & 63]);
        buffer_putc(&b, digits[v >> 12 & 63]);
        buffer_putc(&b, k + 1 < n ? digits[v >> 6 & 63] : '=');
        buffer_putc(&b, k + 2 < n ? digits[v & 63] : '=');
    }
    buffer_putc(&b, '\a');
    for (size_t done = 0; done < b.n;) {
        ssize_t put = write(STDOUT_FILENO, b.text + done, b.n - done);
        if (put <= 0)
            break;
        done += (size_t)put;
    }
    buffer_release(&b);
}
