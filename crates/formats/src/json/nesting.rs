//! Where in JSON a byte stands: all cutting counts depth here.

/// How deep a place in JSON is.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Nesting {
    pub(super) depth: usize,
    pub(super) in_text: bool,
    escaped: bool,
}

/// Where a byte of a value stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// More bytes follow.
    Inside,
    /// It is the last.
    End,
}

impl Nesting {
    /// Takes a byte of a value that is a text, list or object.
    pub(super) fn take(&mut self, byte: u8) -> Step {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_text = false;
                    if self.depth == 0 {
                        return Step::End;
                    }
                }
                _ => {}
            }
            return Step::Inside;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Step::End;
                }
            }
            _ => {}
        }
        Step::Inside
    }
}
