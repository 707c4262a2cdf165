//! The Jinja environment of chat templates, as transformers sets it up.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::{template_bounds, value_bounds};
use crate::memory;

/// The fuel of a template: steps that it may take and bytes that it may move. Real ones need some thousands for a
/// conversation.
const FUEL: u64 = 4_000_000;
/// The letters that a method may read for as much fuel as one step.
const LETTERS_PER_FUEL: usize = 8;
/// The most bytes of a template's source. The longest real ones have some ten thousand.
const MAX_SOURCE_BYTES: usize = 1 << 17;
/// The most bytes that a template may write.
pub(super) const MAX_TEXT_BYTES: usize = 1 << 23;
/// The stack on which a template is read and rendered: enough for what [`template_bounds`] lets through.
const STACK_BYTES: usize = 1 << 26;
/// What is mapped around a stack.
const GUARD_BYTES: usize = 1 << 16;
/// The most spaces by which JSON is indented.
const MAX_INDENT: i64 = 32;
/// The most digits of a width or a precision in a format.
const MAX_FORMAT_DIGITS: usize = 4;

/// Returns how templates are written: as transformers sets Jinja up.
pub(super) fn syntax() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

/// Makes an environment whose only template is `chat`.
pub(super) fn environment(source: &str) -> Result<Environment<'static>, Error> {
    if source.len() > MAX_SOURCE_BYTES {
        let words = format!("it is {} bytes long, of at most {MAX_SOURCE_BYTES}", source.len());
        return Err(Error::new(ErrorKind::SyntaxError, words));
    }
    contained(|| compiled(&with_line_feeds(source)))
}

/// Ends every line with a line feed, as Jinja does before it reads a template. A file that was saved on Windows would put
/// carriage returns into every prompt.
fn with_line_feeds(source: &str) -> Cow<'_, str> {
    if source.contains('\r') {
        Cow::Owned(source.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(source)
    }
}

fn compiled(source: &str) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(syntax()?);
    environment.set_unknown_method_callback(method);
    environment.set_fuel(Some(FUEL));
    // A message about an error would print every variable.
    environment.set_debug(false);
    value_bounds::add(&mut environment);
    // The library counts none as iterable; Python does not, and templates ask so whether there are tools.
    environment.add_test("iterable", |value: &Value| !value.is_none() && value.try_iter().is_ok());
    environment.add_function("raise_exception", |message: String| -> Result<String, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, message))
    });
    environment.add_function("strftime_now", |format: String| -> Result<String, Error> { strftime(&format) });
    environment.add_filter("tojson", |value: &Value, indent: Option<Value>, args: Kwargs| {
        let spaces = indent.clone().or_else(|| args.peek::<Value>("indent").ok());
        if spaces.and_then(|spaces| spaces.as_i64()).is_some_and(|spaces| spaces > MAX_INDENT) {
            let words = format!("JSON is indented by at most {MAX_INDENT} spaces");
            return Err(Error::new(ErrorKind::InvalidOperation, words));
        }
        let escaped = minijinja::filters::tojson(value, indent, args)?;
        let json = undo_html_escapes(escaped.as_str().unwrap_or_default());
        Ok::<_, Error>(Value::from_safe_string(json.into_owned()))
    });
    let source = template_bounds::bounded(&without_generation(source), syntax()?)?;
    environment.add_template_owned("chat", source)?;
    Ok(environment)
}

/// Renders the template `chat`.
pub(super) fn render(environment: &Environment<'static>, values: Value) -> Result<String, Error> {
    contained(|| {
        let mut text = BoundedText(Vec::new());
        environment.get_template("chat")?.render_captured_to(values, &mut text)?;
        String::from_utf8(text.0).map_err(|e| Error::new(ErrorKind::InvalidOperation, e.to_string()))
    })
}

/// The source of an error that is not about the template: the system gave no memory for the stack.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{bytes} bytes were refused")]
pub(super) struct NoStack {
    pub(super) bytes: u64,
}

/// Does the work on a stack of its own, and turns a panic of the library into an error.
fn contained<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // A stack that the system refuses would be a panic.
    let bytes = (STACK_BYTES + GUARD_BYTES) as u64;
    if memory::probe(bytes).is_err() {
        let words = "there is not enough memory";
        return Err(Error::new(ErrorKind::InvalidOperation, words).with_source(NoStack { bytes }));
    }
    let caught = stacker::grow(STACK_BYTES, || super::caught(work));
    caught.unwrap_or_else(|words| Err(Error::new(ErrorKind::InvalidOperation, words)))
}

/// Calls Python's methods of texts, lists and dictionaries.
fn method(state: &mut State, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    // A method reads its whole text, letter by letter, however little it returns.
    state.consume_fuel((value.as_str().map_or(0, str::len) / LETTERS_PER_FUEL) as u64)?;
    // A width is allocated before any fuel is counted.
    if name == "format" && value.as_str().is_some_and(has_long_number) {
        let words = format!("a width in a format has at most {MAX_FORMAT_DIGITS} digits");
        return Err(Error::new(ErrorKind::InvalidOperation, words));
    }
    minijinja_contrib::pycompat::unknown_method_callback(state, value, name, arguments)
}

fn has_long_number(format: &str) -> bool {
    format.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits.len() > MAX_FORMAT_DIGITS)
}

/// A writer that ends the template with an error when the text grows too long.
struct BoundedText(Vec<u8>);

impl io::Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_TEXT_BYTES {
            return Err(io::Error::other(format!("the template writes more than {MAX_TEXT_BYTES} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Replaces `{% generation %}` blocks, which mark the assistant's text for training, by `{% if true %}` blocks, so
/// that white space around them is treated as around every block.
fn without_generation(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let (before, block) = rest.split_at(start);
        text.push_str(before);
        let end = block.find("%}").map_or(block.len(), |end| end + 2);
        let (block, after) = block.split_at(end);
        let word = block.trim_start_matches("{%").trim_end_matches("%}").trim_matches(['-', '+']).trim();
        text.push_str(&match word {
            "generation" => block.replace("generation", "if true"),
            "endgeneration" => block.replace("endgeneration", "endif"),
            _ => block.to_owned(),
        });
        rest = after;
    }
    text + rest
}

/// Formats the date for `strftime_now`. It is always Friday, 26 July 2024, 12:00, which Llama's templates use where
/// there is no clock. With the real date, the tokens of a prompt would change from day to day, and so would every
/// vector.
fn strftime(format: &str) -> Result<String, Error> {
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let word = match letters.next() {
            Some('-') => match letters.next() {
                Some('d') => "26",
                Some('m') => "7",
                other => return Err(unknown(other)),
            },
            Some('a') => "Fri",
            Some('A') => "Friday",
            Some('b' | 'h') => "Jul",
            Some('B') => "July",
            Some('d' | 'e') => "26",
            Some('m') => "07",
            Some('y') => "24",
            Some('Y') => "2024",
            Some('j') => "208",
            Some('F') => "2024-07-26",
            Some('D') => "07/26/24",
            Some('H' | 'I') => "12",
            Some('M' | 'S') => "00",
            Some('p') => "PM",
            Some('T') => "12:00:00",
            Some('z') => "+0000",
            Some('Z') => "UTC",
            Some('%') => "%",
            other => return Err(unknown(other)),
        };
        text.push_str(word);
    }
    Ok(text)
}

fn unknown(letter: Option<char>) -> Error {
    let mut words = "strftime_now does not know %".to_owned();
    if let Some(letter) = letter {
        // Writing to a string does not fail.
        let _ = write!(words, "{letter}");
    }
    Error::new(ErrorKind::InvalidOperation, words)
}

/// Undoes the HTML escapes of minijinja's `tojson`, which transformers does not write.
fn undo_html_escapes(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u00") {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('\\') {
        text.push_str(&rest[..start]);
        let escape = &rest[start..];
        let letter = match escape.get(1..6) {
            Some("u003c") => Some('<'),
            Some("u003e") => Some('>'),
            Some("u0026") => Some('&'),
            Some("u0027") => Some('\''),
            _ => None,
        };
        // Skips another escape together with its second character, which may be a backslash.
        let length = if letter.is_some() { 6 } else { 2 };
        match letter {
            Some(letter) => text.push(letter),
            None => text.push_str(escape.get(..2).unwrap_or(escape)),
        }
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn rendered(source: &str) -> Result<String, Error> {
        render(&environment(source)?, context! { text => "<a> & 'b' \\u003c é", list => [1, 2] })
    }

    #[test]
    fn json_is_written_as_python_writes_it() {
        assert_eq!(rendered("{{ text | tojson }}").unwrap(), r#""<a> & 'b' \\u003c é""#);
        assert_eq!(rendered("{{ {'a': list} | tojson }}").unwrap(), r#"{"a": [1, 2]}"#);
        assert_eq!(rendered("{{ list | tojson(indent=1) }}").unwrap(), "[\n 1,\n 2\n]");
    }

    #[test]
    fn generation_blocks_stand_for_their_content() {
        let source = "a {%- generation -%} b {%- endgeneration -%} c{% generation %}\nd{% endgeneration %}";
        assert_eq!(rendered(source).unwrap(), "abcd");
    }

    #[test]
    fn lines_end_with_a_line_feed_however_the_file_ends_them() {
        for source in ["{{ 'a\r\nb' }}\r\nc\r\n", "{{ 'a\rb' }}\rc\r", "{{ 'a\nb' }}\nc\n"] {
            assert_eq!(rendered(source).unwrap(), "a\nb\nc", "{source:?}");
        }
        // A carriage return that a template writes by name stays, as in Jinja.
        assert_eq!(rendered("{{ 'a\\r' }}").unwrap(), "a\r");
    }

    #[test]
    fn none_is_not_iterable_and_texts_and_lists_are() {
        let source = "{{ list is iterable }} {{ text is iterable }} {{ none is iterable }} {{ nothing is iterable }} \
                      {{ 1 is iterable }}{% if none is iterable and none | length > 0 %}!{% endif %}";
        assert_eq!(rendered(source).unwrap(), "True True False True False");
    }

    #[test]
    fn the_clock_stands_still() {
        assert_eq!(rendered("{{ strftime_now('%d %b %Y, %A 100%%') }}").unwrap(), "26 Jul 2024, Friday 100%");
        assert!(rendered("{{ strftime_now('%Q') }}").is_err());
    }

    #[test]
    fn templates_that_explode_are_stopped() {
        let doubling = "{% set x = x ~ x %}".repeat(60);
        for source in [
            format!("{{% set x = 'abcdefgh' %}}{doubling}{{{{ x }}}}"),
            "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}".into(),
            "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}".into(),
            "{{ 'x' * 100000000000 }}".into(),
            "{% for a in range(5000) %}{{ 'x' * 60000 }}{% endfor %}".into(),
            "{% set n = namespace(x='x') %}{% for a in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}"
                .into(),
            "{% if true %}".repeat(3000),
            "x".repeat(MAX_SOURCE_BYTES + 1),
        ] {
            assert!(rendered(&source).is_err(), "{}", &source[..60]);
        }
    }

    #[test]
    fn values_that_nest_or_multiply_are_stopped() {
        let in_loop = |set: &str, then: &str| {
            format!(
                "{{% set n = namespace(a=[1], b=[1]) %}}{{% for i in range(9999) %}}{set}{{% endfor %}}{then}"
            )
        };
        let deep = "{% set n.a = [n.a] %}{% set n.b = [n.b] %}";
        let doubled = "{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}";
        let mut sources = Vec::new();
        for set in [deep, doubled] {
            for then in [
                "{{ n.a }}",
                "{{ n.a == n.b }}",
                "{{ n.a in [n.b] }}",
                "{{ n.a|tojson }}",
                "{{ {n.a: 1} }}",
                "x",
            ] {
                sources.push(in_loop(set, then));
            }
        }
        let twice = |text: &str| text.repeat(60);
        sources.extend([
            twice("{% set x = [x, x] %}") + "{{ x|string|length }}",
            twice("{% with x = [x, x] %}") + "{{ x|string|length }}" + &twice("{% endwith %}"),
            twice("{% for x in [[x, x]] %}") + "{{ x|string|length }}" + &twice("{% endfor %}"),
            "{% macro m(x) %}{{ m([x, x]) }}{% endmacro %}{{ m(1) }}".into(),
            "{% for x in [1] recursive %}{{ loop([[x, x]]) }}{% endfor %}".into(),
            "{% set n = namespace() %}{% set n.a = 'b' * 60000 %}{% for i in range(999) %}{% set n.a = [n.a, n.a] %}{% endfor %}"
                .into(),
            "{{ list|tojson(indent=1000000) }}".into(),
            "{{ list|tojson(1000000) }}".into(),
            "{{ '{:>2000000000}'.format(1) }}".into(),
            "{{ 'a'.format('{:>{}}', 2000000000)|format(1) }}{{ '{:>{}}'.format(1, 2000000000) }}".into(),
        ]);
        for source in sources {
            assert!(rendered(&source).is_err(), "{source}");
        }
    }

    #[test]
    fn a_namespace_cannot_hold_itself() {
        for set in ["n.a = n", "n.a = [n]", "n.a = {'b': n}", "n.a = n|items", "n.a = dict(n)"] {
            let text =
                rendered(&format!("{{% set n = namespace(b=1) %}}{{% set {set} %}}{{{{ n }}}}")).unwrap();
            assert!(
                text.contains("\"b\": 1") || text.contains("'b'") || text.contains("\"b\""),
                "{set}: {text}"
            );
        }
        let two = "{% set n = namespace() %}{% set m = namespace(n=n) %}{% set n.m = m %}{{ n|tojson }}";
        assert_eq!(rendered(two).unwrap(), r#"{"m": {"n": {}}}"#);
    }

    #[test]
    fn chains_of_operators_end_as_errors_or_values() {
        let chains = [
            ("{{ ", "not ", "1 }}"),
            ("{{ ", "-", "1 }}"),
            ("{{ 'a'", "|upper", " }}"),
            ("{{ 1", "+1", " }}"),
            ("{{ 1", "**1", " }}"),
            ("{% if 0 %}", "{% elif 0 %}", "{% endif %}"),
            ("{{ ", "[", ""),
            ("{{ ", "(", ""),
        ];
        for (begin, part, end) in chains {
            // What is just within the bounds is read on the usual small stack of a thread.
            for count in [250, 500, 1000, 2000, 15_000, 60_000] {
                let source = format!("{begin}{}{end}", part.repeat(count));
                let read = std::thread::scope(|scope| scope.spawn(|| rendered(&source).is_ok()).join());
                assert!(!read.unwrap() || count <= 2000, "{part} x {count}");
            }
        }
    }

    #[test]
    fn long_conversations_are_rendered() {
        let source =
            "{% for m in messages %}{{ '<' + m['role'] + '>' + m['content'] | trim + '\n' }}{% endfor %}";
        let content = "价格 and prices ".repeat(500);
        let messages: Vec<Value> =
            (0..40).map(|_| context! { role => "user", content => content.as_str() }).collect();
        let text = render(&environment(source).unwrap(), context! { messages }).unwrap();
        assert!(text.len() > 300_000, "{} bytes", text.len());
    }

    #[test]
    fn loops_know_break_and_continue() {
        let source = "{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}\
                      {% endif %}{{ i }}{% endfor %}";
        assert_eq!(rendered(source).unwrap(), "023");
    }
}
